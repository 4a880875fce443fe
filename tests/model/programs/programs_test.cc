#include "model/programs/programs.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

LibraryOrigin origin(std::string path) {
  return library_origin({.path = std::move(path), .version = {}});
}

TEST(LibraryOrigin, IsToldFromItsPlace) {
  EXPECT_EQ(origin("/usr/lib/x86_64-linux-gnu/libssl.so.3"), LibraryOrigin::System);
  EXPECT_EQ(origin("/lib64/libssl.so.3"), LibraryOrigin::System);
  EXPECT_EQ(origin("/opt/app/libssl.so.1.1"), LibraryOrigin::Bundled);
  EXPECT_EQ(origin("/usr/local/lib/libssl.so.3"), LibraryOrigin::Bundled);
  EXPECT_EQ(origin("/usr/libexec/libssl.so.3"), LibraryOrigin::Bundled);
  EXPECT_EQ(origin(""), LibraryOrigin::Bundled);
}

TEST(LibraryOrigin, APartOfTheProgramIsBuiltInWhereverItStands) {
  EXPECT_EQ(library_origin({.path = "/usr/lib/x/server", .version = {}, .built_in = true}),
            LibraryOrigin::BuiltIn);
}

}  // namespace
}  // namespace tuner
