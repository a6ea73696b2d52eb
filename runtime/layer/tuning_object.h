// Objects of a tuning's file, read strictly.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lcn::layer {

// A JSON object that must have exactly the keys that are named. Everything throws std::runtime_error with the
// place in the file and what is wrong there.
class TuningObject {
  public:
    TuningObject(const nlohmann::json& value, std::string place, std::initializer_list<const char*> keys);

    // At most `longest` characters of printable ASCII.
    std::string text(const char* key, size_t longest) const;
    std::string text_or_null(const char* key, size_t longest) const;  // "": null, and never an empty text
    int64_t integer(const char* key, int64_t low, int64_t high) const;
    double number(const char* key, double low, double high) const;
    bool boolean(const char* key) const;
    // The index of the text among `words`.
    int word(const char* key, std::span<const std::string_view> words) const;
    const nlohmann::json& list(const char* key, size_t most) const;
    const nlohmann::json& at(const char* key) const { return value_.at(key); }

    std::string place(const char* key) const { return place_ + "." + key; }
    std::string place(const char* key, size_t index) const {
        return place(key) + "[" + std::to_string(index) + "]";
    }
    [[noreturn]] void fail(const char* key, const std::string& wanted) const;

  private:
    const nlohmann::json& value_;
    const std::string place_;
};

// Of a list's elements.
std::string plain_text(const nlohmann::json& value, const std::string& place, size_t longest);
double number_between(const nlohmann::json& value, const std::string& place, double low, double high);

}  // namespace lcn::layer
