// What an ELF file says of the libraries that it uses, read as bytes: no code of the file runs, and
// none of its libraries is opened. Pure. The file may be of anyone and may lie: every offset and
// count in it is checked against the file and against the limits below.
//
// Sources: the System V ABI (gABI), chapters 4 and 5, and elf(5).
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Reads bytes at an offset into all of `into`; false: the file ends before, or cannot be read.
using ReadAt = std::function<bool(std::uint64_t at, std::span<std::byte> into)>;

struct ElfDynamic {
  // Whether it has a dynamic section. A static program has none, and then nothing else is known.
  bool present = false;
  std::vector<std::string> needed;  // libraries (DT_NEEDED), in order; any byte but NUL
  // Of the names asked for: those that it takes from other files, and those that it offers.
  std::set<std::string, std::less<>> imports, exports;
};

// The largest tables that are read. Debian 12's libcrypto has 5,511 symbols and 110 KiB of names.
inline constexpr std::uint64_t kMostElfSymbols = 500'000;
inline constexpr std::uint64_t kMostElfNames = std::uint64_t{32} << 20U;

// Invalid: no ELF file, or a damaged one. Unsupported: of 32 bits or of the other byte order.
// TooLarge: a table exceeds the limit.
Result<ElfDynamic> read_elf_dynamic(const ReadAt& file, std::span<const std::string_view> asked);

}  // namespace tuner
