#include "model/programs/tls_absence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using Answer = KtlsUse::Answer;
using ::testing::HasSubstr;

KtlsUse use(Answer answer, bool sure = true) {
  return {.answer = answer, .sure = sure, .because = "its own reason"};
}

TEST(WhyNotInKernel, AProgramThatCannotIsTheCauseWhateverTheKernelHas) {
  for (const std::optional<bool> kernel :
       {std::optional<bool>(), std::optional(true), std::optional(false)}) {
    const auto absence = why_not_in_kernel({.kernel_has_tls = kernel, .use = use(Answer::Never)});
    EXPECT_EQ(absence.because, "its own reason");
    EXPECT_EQ(absence.confidence, Confidence::Certain);
  }
  EXPECT_EQ(why_not_in_kernel({.use = use(Answer::Never, false)}).confidence, Confidence::Likely);
}

TEST(WhyNotInKernel, AKernelWithoutTlsIsTheCauseForOthers) {
  for (const Answer answer : {Answer::No, Answer::Yes, Answer::Unknown}) {
    const auto absence = why_not_in_kernel({.kernel_has_tls = false, .use = use(answer)});
    EXPECT_THAT(absence.because, HasSubstr("module tls is not loaded"));
    EXPECT_EQ(absence.confidence, Confidence::Certain);
  }
}

// Whatever the program asks for now, and even against a list that lacks tls: the socket counts.
TEST(WhyNotInKernel, AnAttachedSocketIsAHalfFailure) {
  for (const Answer answer : {Answer::Never, Answer::No, Answer::Yes, Answer::Unknown}) {
    const auto absence =
        why_not_in_kernel({.attached = true, .kernel_has_tls = false, .use = use(answer)});
    EXPECT_THAT(absence.because, HasSubstr("no key is set"));
    EXPECT_EQ(absence.confidence, Confidence::Guess);
  }
}

TEST(WhyNotInKernel, AConfigurationThatDoesNotAskIsLikelyTheCause) {
  EXPECT_EQ(why_not_in_kernel({.kernel_has_tls = true, .use = use(Answer::No)}).confidence,
            Confidence::Likely);
  EXPECT_EQ(why_not_in_kernel({.kernel_has_tls = true, .use = use(Answer::No, false)}).confidence,
            Confidence::Guess);
}

TEST(WhyNotInKernel, AProgramThatAsksLeavesAGuess) {
  const auto absence = why_not_in_kernel({.kernel_has_tls = true, .use = use(Answer::Yes)});
  EXPECT_THAT(absence.because, HasSubstr("before the kernel had TLS"));
  EXPECT_EQ(absence.confidence, Confidence::Guess);
}

TEST(WhyNotInKernel, WithoutEvidenceNoCauseIsTold) {
  EXPECT_EQ(why_not_in_kernel({}).confidence, Confidence::Unknown);
  EXPECT_EQ(why_not_in_kernel({}).because, "its program was not looked at");
  EXPECT_EQ(why_not_in_kernel({.kernel_has_tls = true, .use = KtlsUse{}}).because,
            "whether the program asks for it is not known");
}

}  // namespace
}  // namespace tuner
