#include "model/programs/library_ability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

TEST(LibraryAbility, DependsOnTheRelease) {
  EXPECT_THAT(library_ability("OpenSSL 3.0.19"), HasSubstr("TLS 1.3 sending with AES-GCM"));
  EXPECT_THAT(library_ability("OpenSSL 3.1.8"), HasSubstr("TLS 1.3 sending"));
  EXPECT_THAT(library_ability("OpenSSL 3.2.0"), HasSubstr("TLS 1.2 and 1.3 both ways"));
  EXPECT_THAT(library_ability("OpenSSL 4.0.0"), HasSubstr("both ways"));
}

TEST(LibraryAbility, IsEmptyWhereThereIsNoneOrItIsNotKnown) {
  for (const char* const version :
       {"OpenSSL 1.1.1w", "LibreSSL 3.8.2", "GnuTLS 3.8.13", "", "OpenSSL"})
    EXPECT_EQ(library_ability(version), "") << version;
}

}  // namespace
}  // namespace tuner
