#include "tuning_object.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "json_text.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

[[noreturn]] void refuse(const std::string& place, const std::string& wanted, const json& value) {
    throw std::runtime_error(place + " is not " + wanted + ": " + excerpt(value));
}

}  // namespace

TuningObject::TuningObject(const json& value, std::string place, std::initializer_list<const char*> keys)
    : value_(value), place_(std::move(place)) {
    if (!value.is_object()) refuse(place_, "an object", value);
    const std::set<std::string> known(keys.begin(), keys.end());
    for (const auto& [key, unused] : value.items())
        if (!known.count(key)) throw std::runtime_error(place_ + " has an unknown key " + excerpt(key));
    for (const std::string& key : known)
        if (!value.contains(key)) throw std::runtime_error(place_ + " lacks the key \"" + key + "\"");
}

void TuningObject::fail(const char* key, const std::string& wanted) const {
    refuse(place(key), wanted, value_.at(key));
}

std::string plain_text(const json& value, const std::string& place, size_t longest) {
    const auto fits = [&](const std::string& text) {
        return text.size() <= longest &&
               std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    };
    if (!value.is_string() || !fits(value.get_ref<const std::string&>()))
        refuse(place, "a text of at most " + std::to_string(longest) + " printable characters", value);
    return value.get<std::string>();
}

double number_between(const json& value, const std::string& place, double low, double high) {
    const bool fits = value.is_number() && value.get<double>() >= low && value.get<double>() <= high;
    if (!fits) refuse(place, "a number of its range", value);
    return value.get<double>();
}

std::string TuningObject::text(const char* key, size_t longest) const {
    return plain_text(at(key), place(key), longest);
}

std::string TuningObject::text_or_null(const char* key, size_t longest) const {
    if (at(key).is_null()) return "";
    const std::string result = text(key, longest);
    if (result.empty()) fail(key, "a name or null");
    return result;
}

int64_t TuningObject::integer(const char* key, int64_t low, int64_t high) const {
    const json& value = at(key);
    const bool fits = value.is_number_integer() &&
                      !(value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(INT64_MAX)) &&
                      value.get<int64_t>() >= low && value.get<int64_t>() <= high;
    if (!fits) fail(key, "an integer of " + std::to_string(low) + " to " + std::to_string(high));
    return value.get<int64_t>();
}

double TuningObject::number(const char* key, double low, double high) const {
    return number_between(at(key), place(key), low, high);
}

bool TuningObject::boolean(const char* key) const {
    if (!at(key).is_boolean()) fail(key, "true or false");
    return at(key).get<bool>();
}

int TuningObject::word(const char* key, std::span<const std::string_view> words) const {
    const std::string given = text(key, 60);
    const auto found = std::find(words.begin(), words.end(), given);
    std::string choice;
    for (const std::string_view word : words) (choice += choice.empty() ? "" : ", ") += word;
    if (found == words.end()) fail(key, "one of " + choice);
    return int(found - words.begin());
}

const json& TuningObject::list(const char* key, size_t most) const {
    if (!at(key).is_array() || at(key).size() > most)
        fail(key, "a list of at most " + std::to_string(most) + " elements");
    return at(key);
}

}  // namespace lcn::layer
