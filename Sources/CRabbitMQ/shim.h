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
static inline int crmq_is_normal(amqp_rpc_reply_t reply) { return reply.reply_type == AMQP_RESPONSE_NORMAL; }
static inline int crmq_is_exception(amqp_rpc_reply_t reply) {
    return reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION;
}
