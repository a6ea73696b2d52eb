// Every kind of damaged or hostile file of a tuning is refused whole.
#include "tuning_files.h"

namespace {

using lcn::TuningOrigin;
using nlohmann::json;

const Damage damages[] = {
    {"a_list",
     [](json& f) {
         f = json::array({1, 2});
     },
     "not a tuning of lcn"},
    {"a_number", [](json& f) { f = 1; }, "not a tuning of lcn"},
    {"nothing_in_it", [](json& f) { f = json::object(); }, "not a tuning of lcn"},
    {"another_format", [](json& f) { f["format"] = "wisdom"; }, "not a tuning of lcn"},
    {"a_format_that_is_no_text", [](json& f) { f["format"] = 3; }, "not a tuning of lcn"},
    {"a_later_schema", [](json& f) { f["schema"] = 3; }, "schema is not 2"},
    {"an_older_schema", [](json& f) { f["schema"] = 1; },
     "schema is not 2, the one this version of lcn knows: 1"},
    {"no_schema", [](json& f) { f.erase("schema"); }, "schema is not 2"},
    {"a_schema_as_text", [](json& f) { f["schema"] = "2"; }, "schema is not 2"},
    {"another_version", [](json& f) { f["lcn"] = "0.0.9"; }, "made by lcn 0.0.9, this is lcn"},
    {"a_version_that_is_no_text", [](json& f) { f["lcn"] = json::array(); }, "lcn is not a text"},
    {"other_kernels", [](json& f) { f["kernels"] = "0000000000000000"; }, "made with other kernels"},
    {"no_kernels", [](json& f) { f.erase("kernels"); }, "lacks the key \"kernels\""},
    {"an_unknown_key", [](json& f) { f["execute"] = "rm"; }, "unknown key \"execute\""},
    {"no_machines", [](json& f) { f["machines"] = json::array(); }, "it has no machine"},
    {"machines_that_are_no_list", [](json& f) { f["machines"] = machine(f); }, "machines is not a list"},
    {"too_many_machines",
     [](json& f) {
         for (int k = 0; k < 64; k++) f["machines"].push_back(nullptr);
     },
     "machines is not a list of at most 64"},
    {"a_machine_that_is_none", [](json& f) { machine(f) = nullptr; }, "machines[0] is not an object"},
    {"a_machine_twice", [](json& f) { f["machines"].push_back(machine(f)); },
     "machines[1] is a machine that"},
    {"another_machine", [](json& f) { machine(f)["features"] = {"avx10"}; }, "made on another machine"},
    {"features_that_are_no_texts", [](json& f) { machine(f)["features"] = {1}; },
     "features[0] is not a text"},
    {"a_family_below_0", [](json& f) { machine(f)["family"] = -1; }, "family is not an integer"},
    {"a_model_with_a_fraction", [](json& f) { machine(f)["model"] = 1.5; }, "model is not an integer"},
    {"a_brand_with_a_line_break", [](json& f) { machine(f)["brand"] = "A\nB"; }, "brand is not a text"},
    {"a_machine_without_entries", [](json& f) { machine(f).erase("entries"); }, "lacks the key \"entries\""},
    {"an_entry_that_is_none", [](json& f) { entry(f) = 7; }, "entries[0] is not an object"},
    {"an_entry_with_an_unknown_key", [](json& f) { entry(f)["speed"] = 2; }, "unknown key \"speed\""},
    {"an_entry_without_threads", [](json& f) { entry(f).erase("threads"); }, "lacks the key \"threads\""},
    {"an_unknown_operation", [](json& f) { entry(f)["operation"] = "sideways"; }, "operation is not one of"},
    {"other_types", [](json& f) { entry(f)["types"] = "f16"; }, "types is not one of f32"},
    {"an_unknown_target", [](json& f) { entry(f)["target"] = "x86_mmx"; }, "no processor's target is named"},
    {"no_threads", [](json& f) { entry(f)["threads"] = 0; }, "threads is not an integer of 1 to 1024"},
    {"too_many_threads", [](json& f) { entry(f)["threads"] = 4096; }, "threads is not an integer"},
    {"threads_as_text", [](json& f) { entry(f)["threads"] = "2"; }, "threads is not an integer"},
    {"an_unknown_kernel", [](json& f) { entry(f)["kernel"] = "lcn_nonsense"; }, "no kernel is named"},
    {"a_kernel_of_another_pass", [](json& f) { entry(f)["operation"] = "backward_input"; },
     "does not do the work of the operation"},
    {"a_kernel_without_a_name", [](json& f) { entry(f)["kernel"] = ""; }, "kernel is not a name or null"},
    {"a_kernel_that_is_no_text", [](json& f) { entry(f)["kernel"] = {"a"}; }, "kernel is not a text"},
    {"a_kernel_with_a_zero_byte",
     [](json& f) {
         std::string name = entry(f)["kernel"];
         entry(f)["kernel"] = name + std::string(1, '\0') + "x";
     },
     "kernel is not a text"},
    {"a_kernel_with_a_long_name", [](json& f) { entry(f)["kernel"] = std::string(100'000, 'k'); },
     "kernel is not a text of at most"},
    {"bits_that_change", [](json& f) { entry(f)["reorders"] = entry(f)["may_reorder"] = true; },
     "may change bits, which was not asked for"},
    {"bits_that_change_and_must_not", [](json& f) { entry(f)["reorders"] = true; }, "reorders is not false"},
    {"reorders_as_a_number", [](json& f) { entry(f)["reorders"] = 1; }, "reorders is not true or false"},
    {"an_unknown_rigor", [](json& f) { entry(f)["rigor"] = "estimate"; }, "rigor is not one of"},
    {"a_seed_below_0", [](json& f) { entry(f)["seed"] = -1; }, "seed is not an integer"},
    {"a_seed_beyond_64_bits", [](json& f) { entry(f)["seed"] = 18446744073709551615u; }, "seed is not an"},
    {"a_gain_of_0", [](json& f) { entry(f)["gain"] = 0; }, "gain is not a number of its range"},
    {"a_gain_as_text", [](json& f) { entry(f)["gain"] = "1.2"; }, "gain is not a number"},
    {"a_gain_that_is_none", [](json& f) { entry(f)["gain"] = 0.5; }, "gain is not beyond spread"},
    {"a_gain_within_its_spread", [](json& f) { entry(f)["spread"] = 9; }, "gain is not beyond spread"},
    {"a_kernel_without_samples", [](json& f) { entry(f)["samples"].erase(1); }, "samples has none of lcn_"},
    {"a_kernel_without_seconds", [](json& f) { entry(f)["samples"][1]["seconds"] = json::array(); },
     "samples has none of lcn_"},
    {"the_other_without_samples", [](json& f) { entry(f)["samples"].erase(0); },
     "samples has none of the usual choice"},
    {"samples_of_nobody", [](json& f) { entry(f)["samples"][0]["kernel"] = "nonsense"; },
     "samples: no kernel is named 'nonsense'"},
    {"compared_with_nobody", [](json& f) { entry(f)["compared_with"] = "nonsense"; },
     "compared_with: no kernel is named 'nonsense'"},
    {"compared_with_another_pass",
     [](json& f) { entry(f)["compared_with"] = machine(f)["entries"][1]["cost_model"]; },
     "' is not one of forward of target"},
    {"a_cost_model_of_nobody", [](json& f) { entry(f)["cost_model"] = "nonsense"; },
     "cost_model: no kernel is named 'nonsense'"},
    {"a_cost_model_without_a_name", [](json& f) { entry(f)["cost_model"] = ""; }, "cost_model is not a name"},
    {"no_second_level_cache", [](json& f) { entry(f)["second_level_cache"] = 0; },
     "second_level_cache is not"},
    {"a_day_that_is_none", [](json& f) { entry(f)["date"] = "yesterday"; }, "date is not a day"},
    {"a_day_and_more", [](json& f) { entry(f)["date"] = "2026-11-29 "; }, "date is not a day"},
    {"a_long_command", [](json& f) { entry(f)["command"] = std::string(1001, 'c'); },
     "command is not a text"},
    {"no_probes", [](json& f) { entry(f).erase("probes"); }, "lacks the key \"probes\""},
    {"a_probe_of_0", [](json& f) { entry(f)["probes"]["read_GBps"] = 0; },
     "probes.read_GBps is not a number"},
    {"a_spread_below_0", [](json& f) { entry(f)["spread"] = -0.1; }, "spread is not a number"},
    {"seconds_below_0", [](json& f) { entry(f)["samples"][0]["seconds"][1] = -1; }, "seconds[1] is not"},
    {"seconds_that_are_no_list", [](json& f) { entry(f)["samples"][0]["seconds"] = 1; }, "seconds is not a"},
    {"samples_that_are_no_list", [](json& f) { entry(f)["samples"] = json::object(); }, "samples is not a"},
    {"a_problem_that_is_none", [](json& f) { entry(f)["problem"] = "small"; }, "problem is not an object"},
    {"a_problem_without_filters", [](json& f) { entry(f)["problem"].erase("filters"); }, "lacks the key"},
    {"no_filters", [](json& f) { entry(f)["problem"]["filters"] = 0; }, "filters is not an integer"},
    {"a_batch_that_overflows", [](json& f) { entry(f)["problem"]["batch"] = 9223372036854775807; },
     "batch is not an integer"},
    {"a_batch_above_the_limit", [](json& f) { entry(f)["problem"]["batch"] = (int64_t(1) << 40) + 1; },
     "batch is not an integer of 1 to 1099511627776"},
    {"tensors_that_overflow",
     [](json& f) {
         for (const char* size : {"batch", "input_rows", "input_columns", "channels", "filters"})
             entry(f)["problem"][size] = int64_t(1) << 39;
     },
     "entry 0: "},
    {"a_kernel_larger_than_the_image", [](json& f) { entry(f)["problem"]["kernel_rows"] = 99; }, "entry 0: "},
    {"an_unknown_padding", [](json& f) { entry(f)["problem"]["padding"] = "full"; }, "padding is not one of"},
    {"a_problem_twice",
     [](json& f) {
         const json copy = entry(f);
         machine(f)["entries"].push_back(copy);
     },
     "the problem of entry 0 again"},
    {"too_many_entries", [](json& f) { machine(f)["entries"] = json(std::vector<int>(10'001, 0)); },
     "a list of at most 10000"},
};

TEST_F(TuningFiles, ThatAreDamagedAreRefusedWhole) {
    lcn::layer::write_tuning_file(path_, good_file());
    lcn::load_tuning(path_);
    ASSERT_EQ(lcn::tuning_entries(), 2);
    ASSERT_GE(std::size(damages), 30u);
    const json good = json::parse(lcn::layer::tuning_file_text(good_file()));
    for (const Damage& damage : damages) {
        SCOPED_TRACE(damage.name);
        json file = good;
        damage.change(file);
        ASSERT_NE(file, good);
        expect_refused(file.dump(), damage.reason);
    }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST_F(TuningFiles, ThatAreNoJsonAreRefused) {
    const std::string good = lcn::layer::tuning_file_text(good_file());
    const std::string number = "\"gain\":1.25";
    expect_refused("", "not valid JSON");
    expect_refused("\0\0\0\0", "not valid JSON");
    expect_refused(good + "}", "not valid JSON");
    expect_refused("// a remark\n" + good, "not valid JSON");
    expect_refused("\xef\xbb\xbf" + good, "not valid JSON at byte 1");
    expect_refused(replaced(good, "\"schema\": 2", "\"schema\": 2.0"), "schema is not 2");
    expect_refused(replaced(good, "\"target\":\"", "\"target\":\"\xff\xfe"), "not valid JSON");
    expect_refused(replaced(good, number, "\"gain\":NaN"), "not valid JSON");
    expect_refused(replaced(good, number, "\"gain\":Infinity"), "not valid JSON");
    expect_refused(replaced(good, number, "\"gain\":1e999"), "out of range");
    expect_refused(replaced(good, number, "\"gain\":0x1"), "not valid JSON");
    expect_refused(replaced(good, number, number + "," + number), "names \"gain\" twice");
    expect_refused(replaced(good, number, "\"gain\":" + std::string(100'000, '[')), "nested deeper");
    expect_refused(replaced(good, number, "\"gain\":[[[[[]]]]]"), "nested deeper");
    expect_refused(replaced(
                       good, "\"samples\":[",
                       "\"samples\":[" +
                           [] {
                               std::string many;
                               for (int k = 0; k < 4'000'001; k++) many += "0,";
                               return many;
                           }()),
                   "more than 4000000 values");
}

TEST_F(TuningFiles, ThatEndEarlyAreRefused) {
    const std::string good = lcn::layer::tuning_file_text(good_file());
    for (size_t length = 0; length + 2 < good.size(); length += 61)
        expect_refused(good.substr(0, length), "not valid JSON");
}

// Whatever is flipped is refused with a reason, or still says something that holds.
TEST_F(TuningFiles, WithFlippedBitsDoNoHarm) {
    const std::string good = lcn::layer::tuning_file_text(good_file());
    int refused = 0;
    for (size_t k = 0; k < good.size(); k += 3) {
        std::string bad = good;
        bad[k] = char(bad[k] ^ (1 << k % 7));
        try {
            for (const auto& m : lcn::layer::parse_tuning_file(bad).machines) {
                std::vector<lcn::TuningEntry> entries;
                for (const auto& row : m.rows)
                    entries.push_back(lcn::layer::entry_of(row, TuningOrigin::this_machine));
                EXPECT_TRUE(lcn::check_tuning(entries.data(), int64_t(entries.size())).ok());
            }
        } catch (const std::runtime_error& e) {
            EXPECT_STRNE(e.what(), "");
            refused++;
        }
    }
    EXPECT_GT(refused, 300);
}

}  // namespace
