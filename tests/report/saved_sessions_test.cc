// What reports show of the job's look at programs and sessions.
#include "report/document.h"
#include "report/saved_documents.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::check_json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Json;
using testing::programs_json;
using testing::saved;
using testing::sessions_json;

TEST(SavedPrograms, ThatNeedAnActionAreThoseWithAKnownRiskThatWasNotAccepted) {
  Json check = check_json("a", 0, {});
  check["programs"] = programs_json({{"lighttpd.service", "key-update"},
                                     {"lighttpd.service", "breaks"},
                                     {"haproxy.service", "key-update-unknown"},
                                     {"later.service", "melts"}});
  check["programs"]["at_risk"].push_back(check["programs"]["at_risk"][0]);
  check["programs"]["at_risk"].back()["accepted"] = true;
  check["programs"]["at_risk"].back()["service"] = "taken.service";
  const SavedDocument document = saved(check);
  ASSERT_TRUE(document.programs);
  EXPECT_EQ(document.programs->at_risk.size(), 5U);
  EXPECT_THAT(services_that_need_action(document), ElementsAre("lighttpd.service"));
}

TEST(SavedPrograms, OfAnEarlierReleaseWereNotLookedAt) {
  const SavedDocument document = saved(check_json("a", 0, {}));
  EXPECT_FALSE(document.programs);
  EXPECT_FALSE(document.sessions);
  EXPECT_THAT(services_that_need_action(document), IsEmpty());
}

TEST(SavedService, HasNoShareIfSessionsOutsideTheKernelAreNotKnown) {
  Json check = check_json("a", 0, {});
  check["sessions"] = sessions_json({{"nginx.service", {3, 2, 1, 4}}});
  const SavedService known = saved(check).sessions->services.at(0);
  EXPECT_EQ(known.covered(), 3U);
  EXPECT_EQ(known.eligible(), 6U);
  check["sessions"]["services"][0]["none_sessions"] = nullptr;
  const SavedService unknown = saved(check).sessions->services.at(0);
  EXPECT_EQ(unknown.covered(), 3U);
  EXPECT_EQ(unknown.eligible(), std::nullopt);
  check["sessions"]["services"][0]["kernel_sessions"] = nullptr;
  EXPECT_EQ(saved(check).sessions->services.at(0).covered(), std::nullopt);
}

}  // namespace
}  // namespace tuner
