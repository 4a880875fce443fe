// Builds documents as JSON, for tests that change and read them.
#pragma once

#include "base/json_text.h"
#include "report/fleet.h"
#include "report/reports.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace tuner::testing {

using Json = nlohmann::ordered_json;

// 2026-11-24T12:00:00Z
inline constexpr UtcTime kNoon{std::chrono::seconds(1795521600)};

inline Json envelope_json(std::string kind, std::string host, int code) {
  return {
      {"format_version", "1.0"},
      {"kind", std::move(kind)},
      {"tool", {{"name", "ktls-tuner"}, {"version", "0.1.0"}}},
      {"host",
       {{"hostname", std::move(host)}, {"kernel", "6.1.0"}, {"boot_id", "b"}, {"emulated", false}}},
      {"started_at", "2026-11-24T11:59:00Z"},
      {"duration_ms", 7},
      {"exit_code", code},
      {"errors", Json::array()}};
}

inline Json step_json(std::string knob, std::string subject, std::string status,
                      std::string need = "required") {
  Json step = {{"knob", std::move(knob)},
               {"subject", std::move(subject)},
               {"key", "k"},
               {"goal", {{"op", "at_least"}, {"value", 16}}},
               {"observed", 4},
               {"persisted", nullptr},
               {"status", status},
               {"need", std::move(need)},
               {"because", "4 is less than 16"},
               {"cause", nullptr},
               {"why", ""},
               {"hint", ""},
               {"origin", nullptr},
               {"disruption", "none"},
               {"owner", nullptr},
               {"restores", false}};
  if (status == "change") step["target"] = 16;
  return step;
}

// Readers do not compare it with the steps.
inline Json summary_json() {
  return {{"in_sync", 0},    {"change", 0},  {"done", 0},     {"unsupported", 0},
          {"unreadable", 0}, {"blocked", 0}, {"deferred", 0}, {"failed", 0}};
}

// What tune holds of a check.
inline Json plan_json(const Json& check) {
  return {{"profile", check["profile"]},
          {"steps", check["steps"]},
          {"summary", check["summary"]},
          {"notes", check["notes"]}};
}

inline Json check_json(std::string host, int code, std::vector<Json> steps) {
  Json json = envelope_json("check", std::move(host), code);
  json["profile"] = {{"name", "edge-server"}, {"digest", "00c0ffee00c0ffee"}};
  json["steps"] = std::move(steps);
  json["summary"] = summary_json();
  json["notes"] = Json::array();
  return json;
}

// Programs at risk: service and kind of risk.
inline Json programs_json(const std::vector<std::pair<std::string, std::string>>& at_risk) {
  Json json = {{"looked_at", "2026-11-24T11:58:00Z"},
               {"at_risk", Json::array()},
               {"not_looked_at", Json::array()}};
  for (const auto& [service, risk] : at_risk)
    json["at_risk"].push_back({{"service", service},
                               {"program", service},
                               {"risk", risk},
                               {"accepted", false},
                               {"because", "any peer can break " + service},
                               {"ways_out", {"stop " + service}}});
  return json;
}

// Services with their sessions in the program, kernel and NIC, and of programs that cannot.
inline Json sessions_json(
    const std::vector<std::pair<std::string, std::array<std::uint64_t, 4>>>& services) {
  Json json = {{"looked_at", "2026-11-24T11:58:00Z"},
               {"unseen", nullptr},
               {"services", Json::array()},
               {"not_looked_at", Json::array()}};
  for (const auto& [service, counts] : services) {
    Json row = {{"service", service}};
    const std::array<std::string, 4> paths = {"none", "kernel", "device", "cannot"};
    for (std::size_t i = 0; i < paths.size(); ++i) row[paths[i] + "_sessions"] = counts[i];
    row["unknown_sessions"] = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) row[paths[i] + "_bytes"] = counts[i] * 1000;
    row["unknown_bytes"] = 0;
    json["services"].push_back(std::move(row));
  }
  return json;
}

inline Json cell_json(std::string version, std::string tx, std::string rx,
                      std::string result = "pass") {
  return {{"version", std::move(version)},
          {"cipher", "AES-128-GCM"},
          {"cipher_suite", "ECDHE-ECDSA-AES128-GCM-SHA256"},
          {"tx", std::move(tx)},
          {"rx", std::move(rx)},
          {"expected", {{"tx", "kernel"}, {"rx", "any"}}},
          {"bytes", 8},
          {"intact", true},
          {"counters", Json::object()},
          {"ulp", nullptr},
          {"result", std::move(result)},
          {"because", "so it is"}};
}

inline Json library_json() {
  return {{"version", "OpenSSL 3.0.19"},
          {"config_file", "/etc/ssl/openssl.cnf"},
          {"config_asks_for_ktls", false},
          {"ktls", Json::array()}};
}

inline Json probe_json(std::string host, int code, std::vector<Json> cells) {
  Json json = envelope_json("probe", std::move(host), code);
  json["endpoint"] = {{"mode", "loopback"}, {"peer", nullptr}};
  json["own_namespace"] = true;
  json["library"] = library_json();
  json["cells"] = std::move(cells);
  json["verdict"] = code == 0 ? "as_expected" : "path_not_taken";
  json["warnings"] = Json::array();
  return json;
}

// A probe whose profile expects KeyUpdates to be safe, with one of the cases.
inline Json key_update_probe_json(std::string host, std::string verdict, std::string because) {
  Json json = probe_json(std::move(host), verdict == "safe" ? 0 : 3, {});
  json["cells"] = {cell_json("TLSv1.3", "kernel", "userspace")};
  json["key_updates"] = {{"cipher", "AES-128-GCM"},
                         {"verdict", verdict},
                         {"because", std::move(because)},
                         {"expected_safe", true},
                         {"cases",
                          {{{"number", 2},
                            {"what", "the peer requests a KeyUpdate"},
                            {"role", "server"},
                            {"result", "broken"},
                            {"tx", "kernel"},
                            {"rx", "userspace"},
                            {"counters", Json::object()},
                            {"noticed", "peer"},
                            {"because", "bad record mac"}}}}};
  if (verdict != "safe") json["verdict"] = verdict == "unsafe" ? "unsafe" : "inconclusive";
  return json;
}

inline SavedDocument saved(const Json& json, std::string file = "f.json") {
  auto document = read_document(json_text(json), std::move(file));
  EXPECT_TRUE(document) << (document ? "" : document.error().text);
  return document ? *document : SavedDocument{};
}

// At noon, documents older than three hours are stale.
inline Fleet fleet_of(const std::vector<Json>& documents) {
  FleetBuilder builder;
  int number = 0;
  for (const Json& json : documents) builder.add(saved(json, std::to_string(++number) + ".json"));
  return builder.finish(kNoon, std::chrono::hours(3));
}

inline Saved saved_at_noon(std::vector<Json> documents) {
  Saved all{.now = kNoon, .max_age = std::chrono::hours(3)};
  for (const Json& json : documents) {
    all.documents.push_back(saved(json));
    all.texts.push_back(json_text(json));
  }
  return all;
}

}  // namespace tuner::testing
