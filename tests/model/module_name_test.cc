#include "model/module_name.h"

#include <gtest/gtest.h>

#include <string>

namespace tuner {
namespace {

TEST(ModuleName, RejectsPathsOptionsAndOtherCharacters) {
  for (const char* name : {"tls", "nf-conntrack", "snd_hda_intel", "8021q"})
    EXPECT_TRUE(is_module_name(name)) << name;
  for (const char* name :
       {"", "-r", "../tls", "/lib/modules/x.ko", "tls.ko", "tls x", "tls;x", "täls", "tls\n"})
    EXPECT_FALSE(is_module_name(name)) << name;
  EXPECT_TRUE(is_module_name(std::string(55, 'x')));
  EXPECT_FALSE(is_module_name(std::string(56, 'x')));
}

}  // namespace
}  // namespace tuner
