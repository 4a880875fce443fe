// Programs at risk and offloaded services in each format.
#include "report/reports.h"
#include "report/saved_documents.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using testing::check_json;
using testing::fleet_of;
using ::testing::HasSubstr;
using testing::Json;
using ::testing::Not;
using testing::programs_json;
using testing::saved_at_noon;
using testing::sessions_json;

constexpr const char* kHostile = "</script><img src=x>|`*\n\x1b";

Json scanned(std::string service = "lighttpd.service", std::string risk = "key-update") {
  Json check = check_json("web-1", 0, {});
  check["programs"] = programs_json({{service, std::move(risk)}});
  check["sessions"] = sessions_json({{service, {3, 2, 1, 0}}});
  return check;
}

// Sessions outside the kernel are not known.
Json partly() {
  Json check = scanned();
  for (const char* key : {"none_sessions", "cannot_sessions"})
    check["sessions"]["services"][0][key] = nullptr;
  check["sessions"]["not_looked_at"] = {"processes that could not be read: 3"};
  return check;
}

TEST(ReportOfAHost, ShowsProgramsAtRiskAndSessionsByService) {
  EXPECT_THAT(documents_html(saved_at_noon({scanned()}), "1"),
              AllOf(HasSubstr("any peer can break lighttpd.service"),
                    HasSubstr("Way out: stop lighttpd.service"),
                    HasSubstr("TLS sessions by service"), HasSubstr("2026-11-24T11:58:00Z")));
  EXPECT_THAT(documents_markdown(saved_at_noon({scanned()})),
              AllOf(HasSubstr("- warning: key-update: any peer"),
                    HasSubstr("| lighttpd.service | 6 | 3 |")));
}

TEST(ReportOfAHost, DoesNotTakeUnknownForNone) {
  EXPECT_THAT(documents_markdown(saved_at_noon({partly()})),
              HasSubstr("| lighttpd.service | not known | 3 |"));
  EXPECT_THAT(documents_html(saved_at_noon({partly()}), "1"),
              AllOf(HasSubstr("not known"), HasSubstr("could not be read: 3")));
  Json unseen = scanned();
  unseen["sessions"]["services"] = Json::array();
  unseen["sessions"]["unseen"] = "list TCP sockets: no";
  EXPECT_THAT(documents_markdown(saved_at_noon({unseen})),
              HasSubstr("could not be seen: list TCP sockets"));
  EXPECT_THAT(documents_html(saved_at_noon({unseen}), "1"), HasSubstr("not seen"));
}

TEST(ReportOfAFleet, LeadsToProgramsAtRiskAndShowsWhoIsOffloaded) {
  const Fleet fleet = fleet_of({scanned(), check_json("web-2", 0, {})});
  const std::string html = fleet_html(fleet, "1");
  EXPECT_THAT(html, AllOf(HasSubstr("with a program at risk by kernel TLS"),
                          HasSubstr("Who is offloaded and who is not"), HasSubstr("50 %"),
                          HasSubstr("Not looked at: web-2"), HasSubstr("not known: web-2")));
  EXPECT_LT(html.find("Programs at risk"), html.find("Settings by host"));
  EXPECT_THAT(fleet_markdown(fleet),
              AllOf(HasSubstr("| key-update | lighttpd.service | any peer"),
                    HasSubstr("| lighttpd.service | 6 | 3 | 0 | 1 | web-1 | 0 |")));
  EXPECT_THAT(fleet_data(fleet),
              AllOf(HasSubstr(R"("eligible":6,"covered":3)"), HasSubstr(R"("risk":"key-update")"),
                    HasSubstr(R"("programs":null)")));
  EXPECT_THAT(fleet_data(fleet_of({partly()})), HasSubstr(R"("eligible":null,"covered":3)"));
  EXPECT_THAT(fleet_html(fleet_of({check_json("web-2", 0, {})}), "1"),
              AllOf(Not(HasSubstr("Programs at risk")), Not(HasSubstr("Who is offloaded"))));
}

TEST(ReportForCi, ARiskIsNoFailureAndIsNotHidden) {
  for (const std::string& xml :
       {documents_junit(saved_at_noon({scanned()})), fleet_junit(fleet_of({scanned()}))}) {
    EXPECT_THAT(xml, AllOf(HasSubstr("classname=\"programs\" name=\"lighttpd.service\""),
                           HasSubstr("<skipped message=\"key-update: any peer"),
                           HasSubstr("failures=\"0\"")));
  }
}

TEST(PluginLine, WarnsOfAProgramThatAPeerCanBreak) {
  const PluginLine line = plugin_line(saved_at_noon({scanned()}));
  EXPECT_EQ(line.state, PluginLine::State::Warning);
  EXPECT_THAT(line.line, HasSubstr("in sync, at risk by kernel TLS: lighttpd.service"));
  EXPECT_EQ(plugin_line(saved_at_noon({scanned("a", "key-update-unknown")})).state,
            PluginLine::State::Ok);
  Json accepted = scanned();
  accepted["programs"]["at_risk"][0]["accepted"] = true;
  EXPECT_EQ(plugin_line(saved_at_noon({accepted})).state, PluginLine::State::Ok);
}

TEST(Reports, OfAHostileServiceAddNoMarkup) {
  const Json json = scanned(kHostile);
  for (const std::string& html :
       {documents_html(saved_at_noon({json}), "1"), fleet_html(fleet_of({json}), "1")})
    EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(plugin_line(saved_at_noon({json})).line, Not(HasSubstr("\x1b")));
  for (const std::string& text :
       {documents_markdown(saved_at_noon({json})), fleet_markdown(fleet_of({json}))})
    EXPECT_THAT(text, AllOf(Not(HasSubstr("<img")), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace tuner
