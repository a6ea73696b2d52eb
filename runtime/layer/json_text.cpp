#include "json_text.h"

#include <set>
#include <stdexcept>
#include <vector>

namespace lcn::layer {

using nlohmann::json;

json parse_json(std::string_view text, const JsonLimits& limits) {
    using Event = json::parse_event_t;
    int64_t values = 0;
    std::vector<std::set<std::string>> keys;  // of the objects that are open
    const auto check = [&](int depth, Event event, json& parsed) {
        const bool begins = event == Event::object_start || event == Event::array_start;
        const bool ends = event == Event::object_end || event == Event::array_end;
        if (begins && depth >= limits.depth)
            throw std::runtime_error("JSON is nested deeper than " + std::to_string(limits.depth));
        if (!ends && ++values > limits.values)
            throw std::runtime_error("JSON has more than " + std::to_string(limits.values) + " values");
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key && !keys.back().insert(parsed.get<std::string>()).second)
            throw std::runtime_error("JSON names " + excerpt(parsed) + " twice");
        return true;
    };
    // The parser would take one for the end of the text.
    if (const size_t nul = text.find('\0'); nul != text.npos)
        throw std::runtime_error("not valid JSON at byte " + std::to_string(nul + 1));
    try {
        return json::parse(text, check);
    } catch (const json::parse_error& e) {
        throw std::runtime_error("not valid JSON at byte " + std::to_string(e.byte));
    } catch (const json::out_of_range&) {
        throw std::runtime_error("JSON has a number that is out of range");
    }
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
