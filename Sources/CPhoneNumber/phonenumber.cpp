#include "CPhoneNumber.h"
#include "plausible.hpp"

#include <dlfcn.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <algorithm>
#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

namespace {

template <size_t N> void copy(char (&to)[N], const std::string &from) {
    size_t n = std::min(from.size(), N - 1);
    std::memcpy(to, from.data(), n);
    to[n] = 0;
}

cpn_result problem(PhoneNumberUtil::ErrorType error) {
    switch (error) {
    case PhoneNumberUtil::NO_PARSING_ERROR: return CPN_OK;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR: return CPN_UNKNOWN_REGION;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN: return CPN_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG_NSN: return CPN_TOO_LONG;
    case PhoneNumberUtil::NOT_A_NUMBER: return CPN_NOT_A_NUMBER;
    }
    return CPN_NOT_A_NUMBER;
}

cpn_kind kind(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
    case PhoneNumberUtil::FIXED_LINE: return CPN_KIND_FIXED_LINE;
    case PhoneNumberUtil::MOBILE: return CPN_KIND_MOBILE;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE: return CPN_KIND_FIXED_LINE_OR_MOBILE;
    case PhoneNumberUtil::TOLL_FREE: return CPN_KIND_TOLL_FREE;
    case PhoneNumberUtil::PREMIUM_RATE: return CPN_KIND_PREMIUM_RATE;
    case PhoneNumberUtil::SHARED_COST: return CPN_KIND_SHARED_COST;
    case PhoneNumberUtil::VOIP: return CPN_KIND_VOIP;
    case PhoneNumberUtil::PERSONAL_NUMBER: return CPN_KIND_PERSONAL;
    case PhoneNumberUtil::PAGER: return CPN_KIND_PAGER;
    case PhoneNumberUtil::UAN: return CPN_KIND_UAN;
    case PhoneNumberUtil::VOICEMAIL: return CPN_KIND_VOICEMAIL;
    case PhoneNumberUtil::UNKNOWN: return CPN_KIND_UNKNOWN;
    }
    return CPN_KIND_UNKNOWN;
}

cpn_number parse(const std::string &text, const std::string &region) {
    cpn_number answer{};
    answer.kind = CPN_KIND_UNKNOWN;
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    // One for all: it reads the short numbers of all countries when it is made, and is not changed by being asked.
    static const ShortNumberInfo shorts;
    PhoneNumber number;
    answer.result = problem(util.Parse(text, region.empty() ? "ZZ" : region, &number));
    if (answer.result != CPN_OK) return answer;
    answer.short_or_emergency = !region.empty() && (shorts.IsPossibleShortNumberForRegion(number, region) ||
                                                    shorts.ConnectsToEmergencyNumber(text, region));
    switch (util.IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: answer.result = CPN_TOO_SHORT; return answer;
    case PhoneNumberUtil::TOO_LONG:
        if (plausible::is_longer_by_now(util, number)) break;
        answer.result = CPN_TOO_LONG;
        return answer;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE: answer.result = CPN_UNKNOWN_REGION; return answer;
    default: break;
    }
    std::string of;
    // What IsValidNumber does, with the region kept: finding it costs most.
    util.GetRegionCodeForNumber(number, &of);
    answer.is_known = util.IsValidNumberForRegion(number, of);
    auto type = util.GetNumberType(number);
    if (!answer.is_known) {
        auto neighbourhood = plausible::neighbourhood(util, number);
        of = neighbourhood.region;
        type = neighbourhood.type;
    }
    // An extension cannot be dialled by a text or a call that reads a code.
    if ((!answer.is_known && of.empty()) || number.has_extension()) {
        answer.result = CPN_INVALID;
        return answer;
    }
    std::string e164;
    util.Format(number, PhoneNumberUtil::E164, &e164);
    copy(answer.e164, e164);
    if (of.size() == 2) copy(answer.region, of);
    answer.kind = kind(type);
    return answer;
}

} // namespace

extern "C" cpn_number cpn_parse(const char *text, size_t length, const char *region) {
    try {
        return parse(std::string(text, length), region ? region : "");
    } catch (...) { // out of memory is all that is left to throw; the number is refused, the process lives
        cpn_number answer{};
        answer.result = CPN_NOT_A_NUMBER;
        answer.kind = CPN_KIND_UNKNOWN;
        return answer;
    }
}

extern "C" void cpn_library_file(char *path, size_t capacity) {
    if (capacity == 0) return;
    path[0] = 0;
    Dl_info info{};
    auto *anchor = reinterpret_cast<void *>(&PhoneNumberUtil::GetInstance);
    if (dladdr(anchor, &info) == 0 || info.dli_fname == nullptr) return;
    std::strncpy(path, info.dli_fname, capacity - 1);
    path[capacity - 1] = 0;
}
