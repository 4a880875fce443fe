#include "host/programs/command.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Interpreter, IsThatOfTheFirstLine) {
  EXPECT_EQ(interpreter_of("#!/usr/bin/python3 -u\nimport ssl\n"), "/usr/bin/python3");
  EXPECT_EQ(interpreter_of("#! /bin/sh"), "/bin/sh") << "the first line may be cut";
}

TEST(Interpreter, BehindEnvIsWhatEnvStarts) {
  EXPECT_EQ(interpreter_of("#!/usr/bin/env python3\n"), "python3");
  EXPECT_EQ(interpreter_of("#!/usr/bin/env -S A=b python3 -u\n"), "python3");
  EXPECT_EQ(interpreter_of("#!/usr/bin/env -i\n"), "/usr/bin/env");
}

TEST(Interpreter, OfOtherFilesIsNone) {
  EXPECT_EQ(interpreter_of("\x7f"
                           "ELF"),
            std::nullopt);
  EXPECT_EQ(interpreter_of("#!"), std::nullopt);
  EXPECT_EQ(interpreter_of("#!  \n/bin/sh"), std::nullopt);
  EXPECT_EQ(interpreter_of(""), std::nullopt);
}

}  // namespace
}  // namespace tuner
