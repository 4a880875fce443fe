#include "probe/handshake/server_key_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using How = CallEnd::How;
using ::testing::HasSubstr;

KeyUpdateSession ended(How early, How ending, bool answered = false) {
  return {.failed = "",
          .answered = answered,
          .http = {},
          .early = {.how = early, .words = "early words"},
          .ending = {.how = ending, .words = "ending words"}};
}

KeyUpdateSession with_content(HttpEnd end) {
  KeyUpdateSession session;
  session.http = HttpContent{.status = 200, .bytes = 7, .end = end, .because = "cut words"};
  return session;
}

const KeyUpdateSession kNormal = ended(How::TimedOut, How::Announced);

TEST(ServerKeyUpdate, AnAnsweredCloseNotifyUnderTheNewKeySurvives) {
  const auto judged = judge_sessions(kNormal, kNormal);
  EXPECT_EQ(judged.answer, KeyUpdateSurvival::Survived) << judged.because;
  EXPECT_THAT(judge_sessions(kNormal, ended(How::TimedOut, How::Announced, true)).because,
              HasSubstr("KeyUpdate of its own"));
}

TEST(ServerKeyUpdate, AnAlertOrAnEarlyEndIsBroken) {
  for (const KeyUpdateSession& with :
       {ended(How::Alert, How::Done), ended(How::TimedOut, How::Alert),
        ended(How::Closed, How::Done), ended(How::Announced, How::Done)}) {
    const auto judged = judge_sessions(kNormal, with);
    EXPECT_EQ(judged.answer, KeyUpdateSurvival::Broken) << judged.because;
    EXPECT_THAT(judged.because, HasSubstr("words"));
  }
}

// A server that ends connections in the same way without a KeyUpdate shows nothing.
TEST(ServerKeyUpdate, WhatHappensWithoutOneTooProvesNothing) {
  struct Case {
    KeyUpdateSession without;
    KeyUpdateSession with;
  };
  for (const Case& c : {Case{ended(How::Closed, How::Done), ended(How::Closed, How::Done)},
                        Case{ended(How::Alert, How::Done), ended(How::Alert, How::Done)},
                        Case{ended(How::Closed, How::Done), kNormal},
                        Case{ended(How::TimedOut, How::Closed), ended(How::TimedOut, How::Closed)},
                        Case{kNormal, ended(How::TimedOut, How::Closed)},
                        Case{kNormal, ended(How::TimedOut, How::TimedOut)}}) {
    const auto judged = judge_sessions(c.without, c.with);
    EXPECT_EQ(judged.answer, KeyUpdateSurvival::Unknown) << judged.because;
    EXPECT_FALSE(judged.because.empty());
  }
}

TEST(ServerKeyUpdate, ContentDecides) {
  const auto whole = with_content(HttpEnd::Complete);
  const auto cut = with_content(HttpEnd::Cut);
  EXPECT_EQ(judge_sessions(whole, whole).answer, KeyUpdateSurvival::Survived);
  EXPECT_EQ(judge_sessions(whole, with_content(HttpEnd::Limited)).answer,
            KeyUpdateSurvival::Survived);
  EXPECT_EQ(judge_sessions(whole, cut).answer, KeyUpdateSurvival::Broken);
  EXPECT_EQ(judge_sessions(cut, cut).answer, KeyUpdateSurvival::Unknown);
}

TEST(ServerKeyUpdate, ASessionThatWasNotMadeProvesNothing) {
  KeyUpdateSession none;
  none.failed = "refused";
  EXPECT_EQ(judge_sessions(none, kNormal).answer, KeyUpdateSurvival::Unknown);
  EXPECT_THAT(judge_sessions(kNormal, none).because, HasSubstr("refused"));
}

}  // namespace
}  // namespace tuner
