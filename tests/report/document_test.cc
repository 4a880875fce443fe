#include "report/document.h"

#include "base/json_text.h"
#include "document/read.h"
#include "model/json_bytes.h"
#include "report/saved_documents.h"

#include <gmock/gmock.h>

#include <random>

namespace tuner {
namespace {

using testing::check_json;
using testing::envelope_json;
using ::testing::HasSubstr;
using testing::Json;
using testing::probe_json;
using testing::saved;
using testing::step_json;

std::string error_of(std::string_view text) {
  const auto document = read_document(text, "f.json");
  EXPECT_FALSE(document) << text;
  return document ? "" : document.error().text;
}

TEST(SavedDocument, ReadsEnvelopeAndSteps) {
  Json json = check_json("web-1", 2, {step_json("sysctl", "net.core.rmem_max", "change")});
  json["steps"][0]["cause"] = "changed at run time";
  json["steps"][0]["drift"] = {{"first_seen", "2026-11-24T08:00:00Z"},
                               {"last_seen", "2026-11-24T11:00:00Z"}};
  const SavedDocument document = saved(json, "web-1.json");
  EXPECT_EQ(document.file, "web-1.json");
  EXPECT_EQ(document.hostname, "web-1");
  EXPECT_EQ(document.started_at, testing::kNoon - std::chrono::minutes(1));
  ASSERT_TRUE(document.plan);
  EXPECT_EQ(document.plan->profile, "edge-server");
  const SavedStep& step = document.plan->steps.at(0);
  EXPECT_EQ(step.goal, ">= 16");
  EXPECT_EQ(step.observed, "4");
  EXPECT_EQ(step.status, Status::Change);
  EXPECT_EQ(step.cause, "changed at run time");
  EXPECT_EQ(step.first_seen, "2026-11-24T08:00:00Z");
}

TEST(SavedDocument, ShowsValuesAsText) {
  Json json = check_json("h", 0,
                         {step_json("a", "a", "in_sync"), step_json("b", "b", "in_sync"),
                          step_json("c", "c", "in_sync")});
  json["steps"][0]["observed"] = true;
  json["steps"][1]["observed"] = {4096, 16384};
  json["steps"][1]["in_effect"] = "off";
  json["steps"][2]["observed"] = nullptr;
  json["steps"][2]["goal"] = {{"op", "exactly"}, {"value", nullptr}};
  const auto steps = saved(json).plan->steps;
  EXPECT_EQ(steps[0].observed, "on");
  EXPECT_EQ(steps[1].observed, "4096 16384 (off in effect)");
  EXPECT_EQ(steps[2].observed, "-");
  EXPECT_EQ(steps[2].goal, "(absent)");
}

TEST(SavedDocument, ATuneHasItsLastState) {
  Json json = envelope_json("tune", "h", 0);
  const Json before = check_json("h", 2, {step_json("sysctl", "a", "change")});
  const Json after = check_json("h", 0, {step_json("sysctl", "a", "in_sync")});
  json["plan"] = testing::plan_json(before);
  json["apply"] = testing::plan_json(before);
  json["apply"]["steps"] = Json::array({step_json("sysctl", "a", "done")});
  json["check"] = testing::plan_json(after);
  json["probe"] = probe_json("h", 0, {testing::cell_json("TLSv1.2", "kernel", "kernel")});
  json["warnings"] = {"beware"};
  json["verdict"] = "ok";
  json["pending_confirm"] = nullptr;
  const SavedDocument document = saved(json);
  EXPECT_EQ(document.plan->steps.at(0).status, Status::InSync);
  EXPECT_EQ(document.written->steps.at(0).status, Status::Done);
  EXPECT_EQ(document.probe->cells.at(0).tx, "kernel");
  EXPECT_EQ(document.warnings, std::vector<std::string>{"beware"});
}

TEST(SavedDocument, AWireProbeShowsTheHostsOwnEnd) {
  Json json = probe_json("h", 0, {testing::cell_json("TLSv1.2", "device", "device")});
  json["endpoint"] = {{"mode", "connect"}, {"peer", "10.0.0.2:4433"}};
  const Json end = {{"interface", "eth0"}, {"nics", {"eth0"}}, {"driver_counters", Json::object()}};
  json["cells"][0].update(end);
  json["cells"][0]["own_end"] = "client";
  json["cells"][0]["server_because"] = "";
  json["cells"][0]["client"] = end;
  json["cells"][0]["client"].update({{"tx", "kernel"},
                                     {"rx", "userspace"},
                                     {"counters", Json::object()},
                                     {"ulp", nullptr},
                                     {"because", ""}});
  const SavedDocument document = saved(json);
  EXPECT_EQ(document.probe->cells.at(0).tx, "kernel");
  EXPECT_EQ(document.probe->cells.at(0).rx, "userspace");
  EXPECT_EQ(document.probe->peer, "10.0.0.2:4433");
}

TEST(SavedDocument, ARunThatEndedEarlyHasOnlyErrors) {
  Json json = envelope_json("check", "h", 75);
  json["errors"] = {{{"code", "busy"}, {"message", "held"}, {"hint", "wait"}}};
  const SavedDocument document = saved(json);
  EXPECT_FALSE(document.plan);
  EXPECT_EQ(document.errors.at(0).message, "held");
  EXPECT_EQ(state_words(document), "busy");
}

TEST(SavedDocument, IgnoresKeysOfALaterRelease) {
  Json json = check_json("h", 0, {step_json("sysctl", "a", "in_sync")});
  json["format_version"] = "1.7";
  json["new"] = {{"deep", {1, 2}}};
  json["steps"][0]["new"] = nullptr;
  EXPECT_EQ(saved(json).plan->steps.size(), 1U);
}

TEST(SavedDocument, RefusesANewerMajorFormatWithBothVersions) {
  Json json = check_json("h", 0, {});
  json["format_version"] = "2.0";
  EXPECT_EQ(error_of(json_text(json)),
            "has format 2.0, but this ktls-tuner reads formats up to 1.x");
}

TEST(SavedDocument, RefusesOtherFilesWithAReason) {
  EXPECT_EQ(error_of(""), "is empty: the program that wrote it did not finish");
  EXPECT_THAT(error_of("{\"format_version\": \"1.0\""),
              HasSubstr("is not JSON: parse error at line 1"));
  EXPECT_THAT(error_of("[]"), HasSubstr("it is not a JSON object"));
  EXPECT_THAT(error_of("{}"), HasSubstr("it has no format_version"));
  EXPECT_THAT(error_of(std::string(65, '[')), HasSubstr("nested too deeply"));
  EXPECT_THAT(error_of(envelope_json("status", "h", 0).dump()),
              HasSubstr("is a document of 'status', for which there is no report"));
  EXPECT_THAT(error_of(envelope_json("check", "h", 0).dump()),
              HasSubstr("there is neither an error nor a result"));
}

TEST(SavedDocument, FileNamesAndErrorsBecomeUtf8) {
  EXPECT_EQ(saved(check_json("h", 0, {}), "a\xFFz\x1B.json").file, "a\xEF\xBF\xBDz\x1B.json");
  EXPECT_THAT(error_of("{\"\xFF\""), HasSubstr("is not JSON"));
  EXPECT_EQ(as_utf8(error_of("{\"\xFF\"")), error_of("{\"\xFF\""));
}

TEST(SavedDocument, RefusesATooLargeFile) {
  EXPECT_THAT(error_of(std::string(document::kLargest + 1, ' ')),
              HasSubstr("is larger than 32 MiB"));
}

TEST(SavedDocument, NamesTheDamagedPlace) {
  const Json good =
      check_json("h", 0, {step_json("a", "a", "in_sync"), step_json("b", "b", "in_sync")});
  Json json = good;
  json["steps"][1]["status"] = "in_shape";
  EXPECT_EQ(error_of(json_text(json)),
            "is damaged: steps[1].status: 'in_shape' is not one of the allowed words");
  json = good;
  json["steps"][0].erase("goal");
  EXPECT_EQ(error_of(json_text(json)), "is damaged: steps[0].goal: is missing");
  json = good;
  json["exit_code"] = "two";
  EXPECT_EQ(error_of(json_text(json)),
            "is damaged: exit_code: '\"two\"' is not a whole number from 0 to 255");
  json = good;
  json["host"]["emulated"] = 1;
  EXPECT_EQ(error_of(json_text(json)), "is damaged: host.emulated: expected true or false");
  json = good;
  json["started_at"] = "yesterday";
  EXPECT_THAT(error_of(json_text(json)), HasSubstr("is damaged: started_at: expected a time like"));
  json = good;
  json["steps"] = "none";
  EXPECT_EQ(error_of(json_text(json)), "is damaged: steps: expected a list");
  json = good;
  json["steps"][0]["observed"] = {{"a", 1}};
  EXPECT_EQ(error_of(json_text(json)), "is damaged: steps[0].observed: expected a value");
}

// A truncated 2^32 would be exit code 0, which means "in sync".
TEST(SavedDocument, RefusesNumbersOutOfRange) {
  const std::string good = check_json("h", 0, {step_json("a", "a", "in_sync")}).dump();
  const auto with = [&](const std::string& key, const std::string& number) {
    const auto at = good.find("\"" + key + "\":") + key.size() + 3;
    return good.substr(0, at) + number + good.substr(good.find_first_of(",}", at));
  };
  ASSERT_TRUE(read_document(with("exit_code", "4"), "f"));
  for (const std::string number : {"-1", "256", "2147483648", "4294967296", "9223372036854775808",
                                   "18446744073709551616", "1.5", "0.0", "1e3", "true", "null"})
    EXPECT_THAT(error_of(with("exit_code", number)), HasSubstr("is damaged: exit_code: '"))
        << number;
  EXPECT_THAT(error_of(with("exit_code", "1e400")), HasSubstr("is not JSON"));
  for (const std::string number : {"9223372036854775808", "1.5"})
    EXPECT_THAT(error_of(with("duration_ms", number)), HasSubstr("is damaged: duration_ms: '"))
        << number;
}

// Truncates the document and changes one byte, at every position. It is read or refused, without a
// crash.
TEST(SavedDocument, DamagedAnywhereIsReadOrRefused) {
  Json check = check_json("h", 2, {step_json("sysctl", "a", "change")});
  const Json probe = probe_json("h", 0, {testing::cell_json("TLSv1.2", "kernel", "kernel")});
  std::mt19937 random(4);
  std::uniform_int_distribution<int> byte(0, 255);
  int refused = 0;
  for (const std::string& text : {json_text(check), json_text(probe)}) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      EXPECT_FALSE(read_document(text.substr(0, i), "f"));
      std::string changed = text;
      changed[i] = static_cast<char>(byte(random));
      if (!read_document(changed, "f")) ++refused;
    }
  }
  EXPECT_GT(refused, 500);
}

// Replaces each value in turn with one of another type.
TEST(SavedDocument, WithAnotherTypeAnywhereIsReadOrRefused) {
  const Json good = check_json("h", 2, {step_json("sysctl", "a", "change")});
  const Json places = good.flatten();
  int refused = 0;
  for (const auto& place : places.items()) {
    for (const Json& other :
         {Json(nullptr), Json(7), Json("x"), Json(true), Json::array(), Json(1e300)}) {
      Json changed = good;
      changed[Json::json_pointer(place.key())] = other;
      if (!read_document(json_text(changed), "f")) ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

TEST(SavedSteps, StepsThatDifferOnlyInSubjectAndGoalAreMerged) {
  std::vector<SavedStep> steps;
  for (const char* queue : {"0", "1", "2"})
    steps.push_back({.knob = "xps", .subject = std::string("eth0/tx-") + queue, .goal = queue});
  steps.push_back({.knob = "xps", .subject = "eth0/tx-3", .goal = "3", .cause = "another"});
  for (const char* name : {"a", "b", "c"}) steps.push_back({.knob = "sysctl", .subject = name});
  const auto merged = merge_equal(steps);
  ASSERT_EQ(merged.size(), 5U);
  EXPECT_EQ(merged[0].subject, "eth0/tx-0 … eth0/tx-2 (3)");
  EXPECT_EQ(merged[0].goal, "0 … 2");
  EXPECT_EQ(merged[1].subject, "eth0/tx-3");
  EXPECT_EQ(merged[4].subject, "c");
}

TEST(SavedDocument, RefusesANulByte) {
  const auto read = read_document(std::string("{}\n\0", 4), "host.json");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "is not a ktls-tuner document: it contains a NUL byte");
}

}  // namespace
}  // namespace tuner
