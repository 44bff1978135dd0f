#include "plausible.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using std::string;

namespace plausible {
namespace {

constexpr int north_america = 1, benin = 229;

/// The area codes of the plan's other countries and territories, some of which have so few exchanges that the metadata
/// knows hardly a number of them. The last one is of 2018.
constexpr std::array<const char *, 27> islands = {
    "242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671",
    "684", "721", "758", "767", "784", "787", "809", "829", "849", "868", "869", "876", "939"};

/// Canada's area codes that came after the metadata of 2022. Every other new one is taken for the United States.
constexpr std::array<const char *, 9> new_in_canada = {"257", "273", "354", "382", "428", "633", "683", "879", "942"};

PhoneNumber number_of(int country_code, const string &national) {
    PhoneNumber number;
    number.set_country_code(country_code);
    number.set_national_number(std::stoull(national));
    auto zeros = national.find_first_not_of('0');
    if (zeros == string::npos) zeros = national.size() - 1;
    if (zeros > 0) {
        number.set_italian_leading_zero(true);
        number.set_number_of_leading_zeros(static_cast<int>(zeros));
    }
    return number;
}

Neighbourhood known(const PhoneNumberUtil &util, const PhoneNumber &number) {
    Neighbourhood found;
    if (!util.IsValidNumber(number)) return found;
    util.GetRegionCodeForNumber(number, &found.region);
    found.type = util.GetNumberType(number);
    return found;
}

/// Area codes that the plan keeps for what is no subscriber's line: service codes, toll-free and premium numbers, and
/// what is held back for a longer plan.
bool is_subscribers(const string &area) {
    if (area[0] < '2' || area[1] == '9') return false;                        // N9X: expansion
    if (area[1] == '1' && area[2] == '1') return false;                       // N11: services
    if (area[0] == '8' && (area[1] == area[2] || area[1] == '8')) return false; // toll-free numbers, or kept for them
    const string prefix = area.substr(0, 2);
    return prefix != "37" && prefix != "96" && area != "456" && area != "500" && area != "600" && area != "700" &&
           area != "555" && area != "710" && area != "800" && area != "900" && area != "976";
}

/// North America: an unknown area code is a new one. In a known one the exchange decides, and the metadata has those.
Neighbourhood in_north_america(const PhoneNumberUtil &util, const string &national) {
    if (national.size() != 10 || national[3] < '2' || !is_subscribers(national.substr(0, 3))) return {};
    const string area = national.substr(0, 3);
    if (std::find(islands.begin(), islands.end(), area) != islands.end()) return {};
    for (const char *line : {"2345678", "5550142", "9876543"}) {
        if (!known(util, number_of(north_america, area + line)).region.empty()) return {};
    }
    const bool is_canada = std::find(new_in_canada.begin(), new_in_canada.end(), area) != new_in_canada.end();
    return {is_canada ? "CA" : "US", PhoneNumberUtil::UNKNOWN};
}

bool is_refused(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
    case PhoneNumberUtil::MOBILE:
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
    case PhoneNumberUtil::VOIP:
    case PhoneNumberUtil::UNKNOWN: return false;
    case PhoneNumberUtil::TOLL_FREE:
    case PhoneNumberUtil::PREMIUM_RATE:
    case PhoneNumberUtil::SHARED_COST:
    case PhoneNumberUtil::PERSONAL_NUMBER:
    case PhoneNumberUtil::PAGER:
    case PhoneNumberUtil::UAN:
    case PhoneNumberUtil::VOICEMAIL: return true;
    }
    return true;
}

/// Nearly every country has its toll-free and premium numbers there. Asked only where no known number begins with the
/// same three digits.
bool is_conventional_service(const string &national) {
    const string digits = national.substr(std::min(national.find_first_not_of('0'), national.size()));
    return digits.compare(0, 3, "800") == 0 || digits.compare(0, 3, "900") == 0;
}

/// The known numbers that share the longest beginning with this one, at least two digits. If one of them is of a kind
/// that is refused, so is this one.
Neighbourhood nearest(const PhoneNumberUtil &util, int country_code, const string &national) {
    for (size_t shared = national.size() - 1; shared >= 2; shared--) {
        Neighbourhood found;
        for (char digit = '0'; digit <= '9'; digit++) {
            if (digit == national[shared]) continue;
            for (bool keeps_tail : {true, false}) {
                string other = national;
                other[shared] = digit;
                if (!keeps_tail) std::fill(other.begin() + static_cast<long>(shared) + 1, other.end(), '2');
                const auto neighbour = known(util, number_of(country_code, other));
                if (neighbour.region.empty()) continue;
                if (is_refused(neighbour.type)) return neighbour;
                if (found.region.empty()) found = {neighbour.region, PhoneNumberUtil::UNKNOWN};
            }
        }
        if (shared < 3 && is_conventional_service(national)) return {};
        if (!found.region.empty()) return found;
    }
    return {};
}

} // namespace

bool is_longer_by_now(const PhoneNumberUtil &util, const PhoneNumber &number) {
    string national;
    util.GetNationalSignificantNumber(number, &national);
    // Since November 2024 each of Benin's numbers has 01 before it.
    return number.country_code() == benin && national.size() == 10 && national.compare(0, 2, "01") == 0;
}

Neighbourhood neighbourhood(const PhoneNumberUtil &util, const PhoneNumber &number) {
    string national;
    util.GetNationalSignificantNumber(number, &national);
    const int country_code = number.country_code();
    if (country_code == north_america) return in_north_america(util, national);
    if (is_longer_by_now(util, number)) {
        const string former = national.substr(2);
        auto found = known(util, number_of(country_code, former));
        if (found.region.empty()) found = nearest(util, country_code, former);
        return found.region.empty() ? Neighbourhood{"BJ", PhoneNumberUtil::UNKNOWN} : found;
    }
    const auto found = nearest(util, country_code, national);
    if (!found.region.empty()) return found;
    if (is_conventional_service(national)) return {};
    std::list<string> regions;
    util.GetRegionCodesForCountryCallingCode(country_code, &regions);
    // Of several countries that share a code none may be taken for another.
    if (regions.size() != 1 || regions.front().size() != 2) return {};
    return {regions.front(), PhoneNumberUtil::UNKNOWN};
}

} // namespace plausible
