// Bytes and shares as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace tuner {

// "812 B", "1.5 MiB"
std::string size_text(std::uint64_t bytes);
// Not negative: "0", "0.25", "9.5", "1200".
std::string number_text(double number);
// "40 %"; "-": of nothing.
std::string percent_text(std::uint64_t part, std::uint64_t whole);

}  // namespace tuner
