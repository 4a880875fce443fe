#include "probe/report_json.h"

#include "base/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// No field has its default value.
ProbeReport full_report() {
  return {.mode = "connect",
          .peer = "192.0.2.1:443",
          .own_namespace = true,
          .library = {.version = "OpenSSL 3.5.7",
                      .config_file = "/etc/ssl/openssl.cnf",
                      .config_asks = true,
                      .abilities = {{TlsVersion::Tls13, TlsCipher::Aes128Ccm, true, true}}},
          .cells = {{.version = TlsVersion::Tls13,
                     .cipher = TlsCipher::Chacha20Poly1305,
                     .cipher_suite = "TLS_CHACHA20_POLY1305_SHA256",
                     .tx = TlsPath::Device,
                     .rx = PathFinding::unknown("a doubt"),
                     .bytes = 5'000'000'000,
                     .intact = true,
                     .counters = {{"TlsCurrTxSw", -1}, {"TlsTxDevice", 3}},
                     .counters_by_others = {{"TlsTxDevice", 2}},
                     .ulp = UlpInfo{"TLSv1.3", "CHACHA20-POLY1305", "hw", "base"},
                     .possible = false,
                     .because = "a \"reason\"\nof two lines",
                     .interface = "bond0",
                     .nics = {"eth0", "eth1"},
                     .driver_counters = {{"tx_tls_ctx", 1}},
                     .server_because = "the other's reason",
                     .client = ProbeEnd{.tx = TlsPath::Kernel,
                                        .rx = PathFinding::unknown("another doubt"),
                                        .counters = {{"TlsTxSw", 5}},
                                        .counters_by_others = {{"TlsTxSw", 4}},
                                        .ulp = UlpInfo{"TLSv1.3", "AES-128-GCM", "sw", "hw"},
                                        .interface = "vlan5",
                                        .nics = {"eth7"},
                                        .driver_counters = {{"rx_tls_ctx", 2}},
                                        .because = "our reason"}}},
          .key_updates = KeyUpdateRun{.cipher = TlsCipher::Aes256Gcm,
                                      .kernel_counts = true,
                                      .trials = {{.number = 5,
                                                  .role = TlsRole::Client,
                                                  .result = KeyUpdateResult::Broken,
                                                  .tx = TlsPath::Kernel,
                                                  .rx = PathFinding::unknown("a third doubt"),
                                                  .counters = {{"TlsTxRekeyError", 1}},
                                                  .noticed = KeyUpdateEnd::Peer,
                                                  .because = "bad record mac"}}},
          .kernel_trials = std::vector{KernelTrial{.id = "flipped-bit",
                                                   .version = TlsVersion::Tls12,
                                                   .cipher = RecordCipher::Aria256Gcm,
                                                   .seen = {{"errno", 74}, {"moved", -1}},
                                                   .refused = KernelRefusal{"TLS_RX", 22},
                                                   .because = "a fourth doubt"}},
          .warnings = {"one", "two"}};
}

Json full_json() {
  return parse_json(report_to_json(full_report()));
}

TEST(ReportJson, ReportsSurviveARoundTrip) {
  const std::string text = report_to_json(full_report());
  const auto back = report_from_json(text);
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(report_to_json(*back), text);
  const ProbeCell& cell = back->cells.at(0);
  EXPECT_EQ(cell.tx, TlsPath::Device);
  EXPECT_EQ(cell.rx, TlsPath::Unknown);
  EXPECT_EQ(cell.rx.doubt(), "a doubt");
  EXPECT_EQ(cell.counters_by_others.at("TlsTxDevice"), 2);
  EXPECT_EQ(cell.bytes, 5'000'000'000U);
  EXPECT_EQ(cell.counters.at("TlsCurrTxSw"), -1);
  EXPECT_EQ(cell.ulp->txconf, "hw");
  EXPECT_FALSE(cell.possible);
  EXPECT_EQ(cell.nics, (std::vector<std::string>{"eth0", "eth1"}));
  ASSERT_TRUE(cell.client);
  EXPECT_EQ(cell.client->rx.doubt(), "another doubt");
  EXPECT_EQ(cell.client->counters_by_others.at("TlsTxSw"), 4);
  EXPECT_EQ(cell.client->driver_counters.at("rx_tls_ctx"), 2);
  ASSERT_TRUE(back->key_updates);
  EXPECT_EQ(back->key_updates->cipher, TlsCipher::Aes256Gcm);
  EXPECT_TRUE(back->key_updates->kernel_counts);
  const KeyUpdateTrial& trial = back->key_updates->trials.at(0);
  EXPECT_EQ(trial.number, 5);
  EXPECT_EQ(trial.role, TlsRole::Client);
  EXPECT_EQ(trial.result, KeyUpdateResult::Broken);
  EXPECT_EQ(trial.tx, TlsPath::Kernel);
  EXPECT_EQ(trial.rx.doubt(), "a third doubt");
  EXPECT_EQ(trial.counters.at("TlsTxRekeyError"), 1);
  EXPECT_EQ(trial.noticed, KeyUpdateEnd::Peer);
  EXPECT_EQ(trial.because, "bad record mac");
  EXPECT_EQ(back->library.abilities.at(0).cipher, TlsCipher::Aes128Ccm);
  ASSERT_TRUE(back->kernel_trials);
  const KernelTrial& kernel = back->kernel_trials->at(0);
  EXPECT_EQ(kernel.id, "flipped-bit");
  EXPECT_EQ(kernel.version, TlsVersion::Tls12);
  EXPECT_EQ(kernel.cipher, RecordCipher::Aria256Gcm);
  EXPECT_EQ(kernel.seen.at("moved"), -1);
  ASSERT_TRUE(kernel.refused);
  EXPECT_EQ(kernel.refused->call, "TLS_RX");
  EXPECT_EQ(kernel.refused->error, 22);
  EXPECT_EQ(kernel.because, "a fourth doubt");
  EXPECT_EQ(back->warnings.size(), 2U);
}

TEST(ReportJson, ACellHasTheKeysAndWordsOfTheContract) {
  const Json cell = full_json().at("cells").at(0);
  EXPECT_EQ(cell.at("version"), "TLSv1.3");
  EXPECT_EQ(cell.at("cipher"), "CHACHA20-POLY1305");
  EXPECT_EQ(cell.at("tx"), "device");
  EXPECT_EQ(cell.at("rx"), "unknown");
  EXPECT_FALSE(cell.contains("result"))
      << "a report is evidence without a result; the tuner judges it";
  EXPECT_EQ(cell.at("ulp").at("rxconf"), "base");
}

// A path together with a doubt is not a known path.
TEST(ReportJson, APathWithADoubtIsUnknown) {
  Json json = full_json();
  json["cells"][0]["doubts"]["tx"] = "two disagree";
  json["cells"][0]["doubts"]["rx"] = "";
  const auto report = report_from_json(json_text(json));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->cells[0].tx, TlsPath::Unknown);
  EXPECT_EQ(report->cells[0].tx.doubt(), "two disagree");
  EXPECT_NE(report->cells[0].rx.doubt(), "") << "unknown always has a reason";
}

TEST(ReportJson, AMissingUlpIsNull) {
  ProbeReport report = full_report();
  report.cells[0].ulp.reset();
  const std::string text = report_to_json(report);
  EXPECT_TRUE(parse_json(text).at("cells").at(0).at("ulp").is_null());
  EXPECT_FALSE(report_from_json(text)->cells[0].ulp);
}

TEST(ReportJson, EveryWordSurvivesARoundTrip) {
  for (const TlsPath path :
       {TlsPath::Device, TlsPath::Kernel, TlsPath::Userspace, TlsPath::Unknown, TlsPath::Failed}) {
    ProbeReport report = full_report();
    report.cells[0].tx = path;
    EXPECT_EQ(report_from_json(report_to_json(report))->cells[0].tx, path);
  }
  EXPECT_EQ(from_word<TlsVersion>("TLSv1.2"), TlsVersion::Tls12);
  EXPECT_EQ(from_word<TlsCipher>("AES-256-GCM"), TlsCipher::Aes256Gcm);
  EXPECT_FALSE(from_word<TlsVersion>("tlsv1.2"));
  EXPECT_FALSE(from_word<TlsCipher>(""));
}

TEST(ReportJson, AMalformedReportIsAnErrorThatNamesTheKey) {
  struct Case {
    const char* names;
    std::function<void(Json&)> spoil;
  };
  const Case cases[] = {
      {"cells", [](Json& j) { j.erase("cells"); }},
      {"mode", [](Json& j) { j["endpoint"].erase("mode"); }},
      {"tx: 'sideways'", [](Json& j) { j["cells"][0]["tx"] = "sideways"; }},
      {"string", [](Json& j) { j["cells"][0]["because"] = 3; }},
      {"doubts", [](Json& j) { j["cells"][0].erase("doubts"); }},
      {"boolean", [](Json& j) { j["cells"][0]["intact"] = "yes"; }},
      {"number", [](Json& j) { j["cells"][0]["bytes"] = "many"; }},
      {"bytes: '-1'", [](Json& j) { j["cells"][0]["bytes"] = -1; }},
      {"bytes: '1.5'", [](Json& j) { j["cells"][0]["bytes"] = 1.5; }},
      {"TlsTxSw: '1.5'", [](Json& j) { j["cells"][0]["counters"]["TlsTxSw"] = 1.5; }},
      {"TlsTxSw: 'true'", [](Json& j) { j["cells"][0]["counters"]["TlsTxSw"] = true; }},
      {"TlsTxSw: '9223372036854775808'",
       [](Json& j) { j["cells"][0]["counters"]["TlsTxSw"] = std::uint64_t{1} << 63U; }},
      {"driver_counters: not an object", [](Json& j) { j["cells"][0]["driver_counters"] = 7; }},
      {"abilities", [](Json& j) { j["library"].erase("abilities"); }},
      {"array", [](Json& j) { j["warnings"] = "none"; }},
      {"key_updates", [](Json& j) { j.erase("key_updates"); }},
      {"result: 'fine'", [](Json& j) { j["key_updates"]["trials"][0]["result"] = "fine"; }},
      {"role: 'proxy'", [](Json& j) { j["key_updates"]["trials"][0]["role"] = "proxy"; }},
      {"noticed: 'both'", [](Json& j) { j["key_updates"]["trials"][0]["noticed"] = "both"; }},
      {"number: '1.5'", [](Json& j) { j["key_updates"]["trials"][0]["number"] = 1.5; }},
      {"boolean", [](Json& j) { j["key_updates"]["kernel_counts"] = 1; }},
      {"kernel_trials", [](Json& j) { j.erase("kernel_trials"); }},
      {"seen: not an object", [](Json& j) { j["kernel_trials"][0]["seen"] = Json::array(); }},
      {"cipher: 'RC4'", [](Json& j) { j["kernel_trials"][0]["cipher"] = "RC4"; }},
      {"refused", [](Json& j) { j["kernel_trials"][0].erase("refused"); }},
      {"errno: '1.5'", [](Json& j) { j["kernel_trials"][0]["refused"]["errno"] = 1.5; }},
  };
  for (const Case& c : cases) {
    Json json = full_json();
    c.spoil(json);
    const auto report = report_from_json(json_text(json));
    ASSERT_FALSE(report) << c.names;
    EXPECT_EQ(report.error().fault, Fault::Invalid);
    EXPECT_THAT(report.error().text, HasSubstr(c.names));
  }
}

TEST(ReportJson, TextThatIsNotJsonIsAnError) {
  const std::string text = report_to_json(full_report());
  for (const auto& bad : {std::string(), std::string("probe: no"), text.substr(0, text.size() / 2),
                          std::string("[]"), std::string("null"), text + "x"}) {
    EXPECT_FALSE(report_from_json(bad)) << bad;
    EXPECT_FALSE(library_from_json(bad)) << bad;
  }
}

TEST(ReportJson, InvalidUtf8DoesNotBreakTheDocument) {
  LibraryFacts library = full_report().library;
  library.config_file = "/etc/\xff.cnf";
  const auto back = library_from_json(library_to_json(library));
  ASSERT_TRUE(back);
  EXPECT_THAT(back->config_file, HasSubstr("/etc/"));
}

TEST(ReportJson, ASingleCellSurvivesARoundTrip) {
  const ProbeCell cell = full_report().cells[0];
  const auto back = cell_from_json(cell_to_json(cell));
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(cell_to_json(*back), cell_to_json(cell));
  EXPECT_FALSE(cell_from_json("{}"));
}

TEST(ReportJson, AnErrorDocumentIsReadAsThatError) {
  const Error error{.fault = Fault::TimedOut, .errno_value = 110, .text = "late", .hint = "wait"};
  const auto back = report_from_json(error_to_json(error));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().fault, Fault::TimedOut);
  EXPECT_EQ(back.error().errno_value, 110);
  EXPECT_EQ(back.error().text, "late");
  EXPECT_EQ(back.error().hint, "wait");
}

}  // namespace
}  // namespace tuner
