#pragma once
// libphonenumber (C++) behind a C face: no exception and no C++ type crosses it.

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What libphonenumber thinks of a number.
typedef enum {
    CPN_OK = 0,
    CPN_NOT_A_NUMBER,
    CPN_UNKNOWN_REGION,
    CPN_TOO_SHORT,
    CPN_TOO_LONG,
    CPN_INVALID,
} cpn_result;

typedef enum {
    CPN_KIND_FIXED_LINE = 0,
    CPN_KIND_MOBILE,
    CPN_KIND_FIXED_LINE_OR_MOBILE,
    CPN_KIND_TOLL_FREE,
    CPN_KIND_PREMIUM_RATE,
    CPN_KIND_SHARED_COST,
    CPN_KIND_VOIP,
    CPN_KIND_PERSONAL,
    CPN_KIND_PAGER,
    CPN_KIND_UAN,
    CPN_KIND_VOICEMAIL,
    CPN_KIND_UNKNOWN,
} cpn_kind;

typedef struct {
    cpn_result result;
    cpn_kind kind;
    char e164[24];  // "+" and digits, NUL-terminated; empty unless result is CPN_OK
    char region[4]; // ISO 3166-1 alpha-2; empty for numbers of no region
    bool short_or_emergency;
    // The metadata has such numbers. Without it the number is only possible: its length is right, and kind and region are
    // those of the numbers next to it.
    bool is_known;
} cpn_number;

/// Parses `text` (`length` bytes of UTF-8) as a number dialled in `region` (two letters; NULL or "" when none was
/// given: then only an international number can be read). Thread-safe.
cpn_number cpn_parse(const char *text, size_t length, const char *region);

/// The file that libphonenumber, and with it the metadata, was loaded from; "" when that cannot be told. At most
/// `capacity` bytes with the NUL.
void cpn_library_file(char *path, size_t capacity);

#ifdef __cplusplus
}
#endif
