#include "report/reports.h"

#include "base/json_text.h"
#include "report/markup.h"
#include "report/saved_documents.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::check_json;
using testing::envelope_json;
using ::testing::HasSubstr;
using testing::Json;
using testing::kNoon;
using ::testing::Not;
using testing::probe_json;
using testing::saved_at_noon;
using testing::step_json;

constexpr const char* kHostile = "</script><img src=x onerror=alert(1)>\"'&\x01\xE2\x80\xAE";

Json hostile() {
  Json json = check_json(kHostile, 2, {step_json("sysctl", kHostile, "change")});
  for (const char* key : {"because", "cause", "owner", "hint"}) json["steps"][0][key] = kHostile;
  json["notes"] = {kHostile};
  return json;
}

Fleet fleet_of(const std::vector<Json>& documents) {
  FleetBuilder builder;
  for (const Json& json : documents) builder.add(testing::saved(json, kHostile));
  builder.add_unusable("bad.json", "is empty");
  return builder.finish(kNoon, std::chrono::hours(3));
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

TEST(Markup, EscapesText) {
  EXPECT_EQ(plain("<a href=\"x\">&'").html, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_EQ(plain("a\x01z\x7F").html, "a\\x01z\\x7f");
  EXPECT_EQ(plain("\xE2\x80\xAE"
                  "exe.web")
                .html,
            "\\u202eexe.web");
  EXPECT_EQ(plain("\xE2\x81\xA6\xC2\x9B").html, "\\u2066\\u009b");
  EXPECT_EQ(plain("ü …").html, "ü …");
  EXPECT_EQ(titled("td", "x", "\"><b>", plain("<")).html,
            "<td class=\"x\" title=\"&quot;&gt;&lt;b&gt;\">&lt;</td>");
}

TEST(Page, HostileDocumentsAddNoTag) {
  for (const std::string& html : {documents_html(saved_at_noon({hostile()}), "0.1.0"),
                                  fleet_html(fleet_of({hostile()}), "0.1.0")}) {
    EXPECT_EQ(count_of(html, "<script"), 1U);
    EXPECT_EQ(count_of(html, "</script"), 1U);
    EXPECT_EQ(count_of(html, "<img"), 0U);
    EXPECT_THAT(html, HasSubstr("&lt;img src=x onerror=alert(1)&gt;"));
    EXPECT_THAT(html, HasSubstr("default-src 'none'"));
    EXPECT_EQ(count_of(html, "unsafe-inline"), 0U);
    EXPECT_EQ(count_of(html, " style="), 0U);
  }
}

TEST(Page, EmbeddedDataSurvivesARoundTrip) {
  const std::string html = documents_html(saved_at_noon({hostile()}), "0.1.0");
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const auto from = html.find(open) + open.size();
  const Json data = parse_ordered_json(html.substr(from, html.find("</script>", from) - from));
  EXPECT_EQ(data["documents"][0], hostile());
}

TEST(Page, FleetDataHasWhatThePageShows) {
  const Json data = parse_ordered_json(fleet_data(fleet_of({hostile()})));
  EXPECT_EQ(data["hosts"][0]["hostname"], kHostile);
  EXPECT_EQ(data["hosts"][0]["not_in_sync"][0]["cause"], kHostile);
  EXPECT_EQ(data["unusable"][0]["file"], "bad.json");
}

TEST(Page, FoldsSettingsInSync) {
  const std::string html = documents_html(
      saved_at_noon({check_json(
          "h", 0, {step_json("sysctl", "a", "in_sync"), step_json("sysctl", "b", "in_sync")})}),
      "0");
  EXPECT_THAT(html, HasSubstr("<summary>2 more: in sync"));
}

TEST(Markdown, EscapesTextOfOtherHosts) {
  for (const std::string& text :
       {documents_markdown(saved_at_noon({hostile()})), fleet_markdown(fleet_of({hostile()}))}) {
    EXPECT_THAT(text, Not(HasSubstr("<img")));
    EXPECT_THAT(text, HasSubstr("&lt;img"));
  }
  Json row = check_json("a|b", 2, {step_json("sysctl", "x|y\nz", "change")});
  EXPECT_THAT(documents_markdown(saved_at_noon({row})), HasSubstr("| x\\|y z |"));
}

TEST(Junit, HasACasePerSettingAndSkipsUnmetPreferredOnes) {
  const std::string xml = documents_junit(saved_at_noon({check_json(
      "h", 2,
      {step_json("sysctl", "a", "in_sync"), step_json("sysctl", "b", "change"),
       step_json("xps", "c", "unsupported", "preferred"), step_json("xps", "d", "unsupported"),
       step_json("xps", "e", "unreadable"), step_json("xps", "f", "deferred")})}));
  EXPECT_THAT(xml, HasSubstr("tests=\"7\" failures=\"3\" errors=\"1\" skipped=\"2\""));
  EXPECT_THAT(
      xml,
      HasSubstr("<failure type=\"change\" message=\"now 4, wanted &gt;= 16: 4 is less than 16\">"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"now 4"));
}

TEST(Junit, WritesNoCharacterThatXmlForbids) {
  const std::string xml = documents_junit(saved_at_noon({hostile()}));
  EXPECT_EQ(xml.find('\x01'), std::string::npos);
  EXPECT_THAT(xml, Not(HasSubstr("<img")));
}

TEST(Junit, AFleetHasASuitePerHostAndOneForUnusableFiles) {
  const std::string xml = fleet_junit(fleet_of(
      {check_json("a", 0, {step_json("sysctl", "x", "in_sync")}),
       probe_json("a", 3, {testing::cell_json("TLSv1.2", "userspace", "userspace", "fail")})}));
  EXPECT_EQ(count_of(xml, "<testsuite name"), 2U);
  EXPECT_THAT(xml, HasSubstr("<failure type=\"path_not_taken\" message=\"so it is\">"));
  EXPECT_THAT(xml, HasSubstr("<error type=\"file\" message=\"is empty\">"));
}

TEST(Junit, AnUnsafeKeyUpdateIsTheReasonIfTheProfileExpectsSafety) {
  using testing::key_update_probe_json;
  EXPECT_THAT(fleet_junit(fleet_of({key_update_probe_json("a", "unsafe", "a peer can")})),
              HasSubstr("<failure type=\"unsafe\" message=\"key update: unsafe: a peer can\">"));
  EXPECT_THAT(fleet_junit(fleet_of({key_update_probe_json("a", "unknown", "not tried")})),
              HasSubstr("<skipped message=\"key update: unknown: not tried\""));
  EXPECT_THAT(fleet_junit(fleet_of({key_update_probe_json("a", "safe", "survives")})),
              Not(HasSubstr("key update")));
  Json reported = key_update_probe_json("a", "unsafe", "a peer can");
  reported["key_updates"]["expected_safe"] = false;
  reported["verdict"] = "as_expected";
  EXPECT_THAT(fleet_junit(fleet_of({reported})), Not(HasSubstr("key update")));
}

TEST(PluginLine, EachExitCodeHasItsState) {
  using State = PluginLine::State;
  for (const auto& [code, state, word] :
       {std::tuple{0, State::Ok, "KTLS OK - h check: in sync"},
        std::tuple{2, State::Warning, "KTLS WARNING - h check: drift (a)"},
        std::tuple{4, State::Warning, "KTLS WARNING - h check: cannot (a)"},
        std::tuple{1, State::Critical, "KTLS CRITICAL - h check: failed (a)"},
        std::tuple{75, State::Unknown, "KTLS UNKNOWN - h check: busy (a)"},
        std::tuple{78, State::Unknown, "KTLS UNKNOWN - h check: profile invalid (a)"}}) {
    const char* status = code == 0 ? "in_sync" : "change";
    const PluginLine line =
        plugin_line(saved_at_noon({check_json("h", code, {step_json("sysctl", "a", status)})}));
    EXPECT_EQ(line.state, state) << code;
    EXPECT_THAT(line.line, ::testing::StartsWith(word));
  }
}

TEST(PluginLine, HasPerformanceData) {
  const PluginLine line = plugin_line(saved_at_noon(
      {check_json("h", 2,
                  {step_json("sysctl", "a", "change"), step_json("sysctl", "b", "in_sync")}),
       probe_json("h", 0, {testing::cell_json("TLSv1.2", "device", "kernel")})}));
  EXPECT_THAT(
      line.line,
      ::testing::EndsWith(
          " | in_sync=1;;;0 change=1;0;;0 unsupported=0;;;0 blocked=0;;;0 unreadable=0;;0;0 "
          "failed=0;;0;0 no_subject=0;;;0 "
          "tx_device=1;;;0 rx_device=0;;;0 tx_kernel=0;;;0 rx_kernel=1;;;0 tx_userspace=0;;;0 "
          "rx_userspace=0;;;0 tx_unknown=0;;;0 rx_unknown=0;;;0 tx_failed=0;;;0 rx_failed=0;;;0 "
          "age=60s;;10800;0\n"));
}

TEST(PluginLine, ADocumentThatIsOldOrInTheFutureIsUnknown) {
  Json old = check_json("h", 0, {step_json("sysctl", "a", "in_sync")});
  old["started_at"] = "2026-11-24T08:59:59Z";
  EXPECT_EQ(plugin_line(saved_at_noon({old})).state, PluginLine::State::Unknown);
  EXPECT_THAT(plugin_line(saved_at_noon({old})).line, HasSubstr("is too old"));
  old["started_at"] = "2026-11-25T08:59:59Z";
  EXPECT_EQ(plugin_line(saved_at_noon({old})).state, PluginLine::State::Unknown);
  old["started_at"] = "9999-12-31T23:59:59Z";
  EXPECT_THAT(plugin_line(saved_at_noon({old})).line,
              HasSubstr("its time 9999-12-31T23:59:59Z is in the future"));
  old["started_at"] = "0001-01-01T00:00:00Z";
  EXPECT_THAT(plugin_line(saved_at_noon({old})).line,
              HasSubstr("its time 0001-01-01T00:00:00Z is too old"));
}

TEST(PluginLine, HostileTextStaysOnOneLineWithOneBar) {
  Json json = check_json("a|b\nc", 2, {step_json("sysctl", "x|\n", "change")});
  const std::string line = plugin_line(saved_at_noon({json})).line;
  EXPECT_EQ(count_of(line, "|"), 1U);
  EXPECT_EQ(count_of(line, "\n"), 1U);
}

TEST(PluginLine, AnUnusableFileIsUnknownAndCriticalTakesPrecedence) {
  Saved saved = saved_at_noon({check_json("h", 0, {step_json("sysctl", "a", "in_sync")})});
  saved.unusable.push_back({"x.json", "is empty"});
  EXPECT_EQ(plugin_line(saved).state, PluginLine::State::Unknown);
  EXPECT_THAT(plugin_line(saved).line,
              ::testing::StartsWith("KTLS UNKNOWN - x.json is empty; h check"));
  saved.documents.push_back(
      testing::saved(check_json("h", 4, {step_json("module", "tls", "unsupported")})));
  EXPECT_EQ(plugin_line(saved).state, PluginLine::State::Warning);
  saved.documents.push_back(
      testing::saved(check_json("h", 1, {step_json("sysctl", "a", "failed")})));
  EXPECT_EQ(plugin_line(saved).state, PluginLine::State::Critical);
}

}  // namespace
}  // namespace tuner
