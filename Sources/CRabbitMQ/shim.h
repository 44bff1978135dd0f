#pragma once
// librabbitmq's headers in both of their layouts, and wrappers for what Swift cannot call.

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <time.h>

/// amqp_login_with_properties is variadic. Announces that we understand a cancelled consumer and a blocked connection;
/// the library's own capabilities are merged in, and without ours the broker would tell of neither.
static inline amqp_rpc_reply_t crmq_login_plain(amqp_connection_state_t state, const char *vhost, int heartbeat,
                                                const char *name, const char *user, const char *password) {
    amqp_table_entry_t capabilities[2];
    amqp_table_entry_t properties[2];
    capabilities[0].key = amqp_cstring_bytes("consumer_cancel_notify");
    capabilities[1].key = amqp_cstring_bytes("connection.blocked");
    for (int i = 0; i < 2; i++) {
        capabilities[i].value.kind = AMQP_FIELD_KIND_BOOLEAN;
        capabilities[i].value.value.boolean = 1;
    }
    properties[0].key = amqp_cstring_bytes("capabilities");
    properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
    properties[0].value.value.table.num_entries = 2;
    properties[0].value.value.table.entries = capabilities;
    properties[1].key = amqp_cstring_bytes("connection_name");
    properties[1].value.kind = AMQP_FIELD_KIND_UTF8;
    properties[1].value.value.bytes = amqp_cstring_bytes(name);
    amqp_table_t table = {2, properties};
    return amqp_login_with_properties(state, vhost, 16, 131072, heartbeat, &table, AMQP_SASL_METHOD_PLAIN, user,
                                      password);
}

/// Enum constants that Swift imports as a struct, as the Int32 that the functions return.
static inline int crmq_status_ok(void) { return AMQP_STATUS_OK; }
static inline int crmq_status_timeout(void) { return AMQP_STATUS_TIMEOUT; }
static inline int crmq_status_socket_error(void) { return AMQP_STATUS_SOCKET_ERROR; }
static inline int crmq_is_normal(amqp_rpc_reply_t reply) { return reply.reply_type == AMQP_RESPONSE_NORMAL; }
static inline int crmq_is_exception(amqp_rpc_reply_t reply) {
    return reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION;
}

/// Above every error of OpenSSL's, and below every time that a certificate can end at and still be accepted: both are noted in
/// one place.
#define CRMQ_FIRST_TIME 1000000

/// Notes why a certificate is refused, where crmq_certificate_error finds it: librabbitmq only says that it failed. Of one that is
/// accepted it notes until when it is valid, for crmq_certificate_expiry.
static inline int crmq_on_verify(int ok, X509_STORE_CTX *store) {
    SSL *ssl = (SSL *)X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    intptr_t note = 0;
    struct tm end;
    if (!ok) {
        note = X509_STORE_CTX_get_error(store);
    } else if (X509_STORE_CTX_get_error_depth(store) == 0 &&
               ASN1_TIME_to_tm(X509_get0_notAfter(X509_STORE_CTX_get_current_cert(store)), &end) == 1) {
        note = (intptr_t)timegm(&end);
        if (note < CRMQ_FIRST_TIME) note = 0;
    }
    if (note && ssl) SSL_CTX_set_app_data(SSL_get_SSL_CTX(ssl), (void *)note);
    return ok;
}

/// Asks for the expected name (SNI): librabbitmq would ask for what it connects to, an address.
static inline void crmq_on_handshake(const SSL *ssl, int where, int result) {
    (void)result;
    if (!(where & SSL_CB_HANDSHAKE_START)) return;
    char *name = X509_VERIFY_PARAM_get0_host(SSL_get0_param((SSL *)ssl), 0);
    SSL_set_tlsext_host_name((SSL *)ssl, name);
}

/// Has OpenSSL itself require, within the handshake, that the broker's certificate is for `name` (a DNS name, or an
/// address in numbers). That takes the place of librabbitmq's own check, which compares with what it connects to, and
/// lets us connect to addresses that were looked up elsewhere. The verification of the chain stays on in both.
/// 1 when set; anything else: do not connect.
static inline int crmq_expect_name(amqp_socket_t *socket, const char *name) {
    SSL_CTX *context = (SSL_CTX *)amqp_ssl_socket_get_context(socket);
    if (!context || !*name) return 0;
    X509_VERIFY_PARAM *expected = SSL_CTX_get0_param(context);
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, name) != 1) {
        X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (X509_VERIFY_PARAM_set1_host(expected, name, 0) != 1) return 0;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, crmq_on_verify);
    SSL_CTX_set_info_callback(context, crmq_on_handshake);
    amqp_ssl_socket_set_verify_hostname(socket, 0);
    return 1;
}

/// OpenSSL's words for why the broker's certificate was refused; NULL if it was not.
static inline const char *crmq_certificate_error(amqp_socket_t *socket) {
    SSL_CTX *context = (SSL_CTX *)amqp_ssl_socket_get_context(socket);
    intptr_t error = context ? (intptr_t)SSL_CTX_get_app_data(context) : 0;
    return error > 0 && error < CRMQ_FIRST_TIME ? X509_verify_cert_error_string(error) : NULL;
}

/// Until when the broker's certificate is valid, in seconds since 1970; 0 where that is unknown.
static inline int64_t crmq_certificate_expiry(amqp_socket_t *socket) {
    SSL_CTX *context = (SSL_CTX *)amqp_ssl_socket_get_context(socket);
    intptr_t note = context ? (intptr_t)SSL_CTX_get_app_data(context) : 0;
    return note >= CRMQ_FIRST_TIME ? note : 0;
}
