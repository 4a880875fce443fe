// The entry of libFuzzer, for a program of one target.
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto target = tuner::fuzz::targets().begin()->second;
  return target(data, size);
}
