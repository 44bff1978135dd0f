#pragma once
// Numbers that libphonenumber calls possible but does not know: its metadata may be older than the numbering plan.

#include <phonenumbers/phonenumberutil.h>

#include <string>

namespace plausible {

/// What the known numbers next to an unknown one are.
struct Neighbourhood {
    std::string region; // ISO 3166-1 alpha-2; empty: nothing speaks for such a number
    i18n::phonenumbers::PhoneNumberUtil::PhoneNumberType type = i18n::phonenumbers::PhoneNumberUtil::UNKNOWN;
};

/// Whether a number that the metadata calls too long has the length of its country's present plan.
bool is_longer_by_now(const i18n::phonenumbers::PhoneNumberUtil &util, const i18n::phonenumbers::PhoneNumber &number);

/// The country and the kind that a possible number must be taken for.
Neighbourhood neighbourhood(const i18n::phonenumbers::PhoneNumberUtil &util,
                            const i18n::phonenumbers::PhoneNumber &number);

} // namespace plausible
