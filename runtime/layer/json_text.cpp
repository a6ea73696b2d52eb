#include "json_text.h"

#include <set>
#include <stdexcept>
#include <vector>

namespace lcn::layer {

using nlohmann::json;

namespace {

// What the parser's own callback could check, but that looks through a whole list whenever an object in it
// ends.
class Checks : public nlohmann::json_sax<json> {
  public:
    explicit Checks(const JsonLimits& limits) : limits_(limits) {}

    bool null() override { return count(); }
    bool boolean(bool) override { return count(); }
    bool number_integer(json::number_integer_t) override { return count(); }
    bool number_unsigned(json::number_unsigned_t) override { return count(); }
    bool number_float(json::number_float_t, const std::string&) override { return count(); }
    bool string(std::string&) override { return count(); }
    bool binary(json::binary_t&) override { return count(); }
    bool start_array(size_t) override { return begin(); }
    bool end_array() override { return end(); }
    bool start_object(size_t) override { return begin(); }
    bool end_object() override { return end(); }
    bool key(std::string& name) override {
        if (!keys_.back().insert(name).second)
            throw std::runtime_error("JSON names " + excerpt(name) + " twice");
        return count();
    }
    bool parse_error(size_t byte, const std::string&, const json::exception& e) override {
        if (dynamic_cast<const json::out_of_range*>(&e))
            throw std::runtime_error("JSON has a number that is out of range");
        throw std::runtime_error("not valid JSON at byte " + std::to_string(byte));
    }

  private:
    bool count() {
        if (++values_ > limits_.values)
            throw std::runtime_error("JSON has more than " + std::to_string(limits_.values) + " values");
        return true;
    }
    bool begin() {
        if (keys_.size() >= size_t(limits_.depth))
            throw std::runtime_error("JSON is nested deeper than " + std::to_string(limits_.depth));
        keys_.emplace_back();
        return count();
    }
    bool end() {
        keys_.pop_back();
        return true;
    }

    const JsonLimits limits_;
    int64_t values_ = 0;
    std::vector<std::set<std::string>> keys_;  // of the objects and arrays that are open
};

}  // namespace

json parse_json(std::string_view text, const JsonLimits& limits) {
    // The parser would take one for the end of the text.
    if (const size_t nul = text.find('\0'); nul != text.npos)
        throw std::runtime_error("not valid JSON at byte " + std::to_string(nul + 1));
    // The parser would leave it out.
    if (text.starts_with("\xef\xbb\xbf")) throw std::runtime_error("not valid JSON at byte 1");
    Checks checks(limits);
    json::sax_parse(text, &checks);
    return json::parse(text);
}

bool is_utf8(const std::string& text) try {
    (void)json(text).dump();
    return true;
} catch (const json::type_error&) {
    return false;
}

std::string excerpt(const json& value) {
    const size_t longest = 120;
    std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > longest) text.replace(longest - 3, std::string::npos, "...");
    return text;
}

}  // namespace lcn::layer
