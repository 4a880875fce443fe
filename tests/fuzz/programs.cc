// Files of programs and libraries: ELF.
#include "fuzz/fuzz.h"
#include "host/programs/elf.h"

#include <algorithm>
#include <cstring>

namespace {

using namespace tuner;
using fuzz::demand;

constexpr std::string_view kAsked[] = {"SSL_set_fd", "BIO_meth_new", "own"};

FUZZ_TARGET(programs) {
  const auto read = [&](std::uint64_t at, std::span<std::byte> into) {
    if (at > size || into.size() > size - at) return false;
    std::memcpy(into.data(), data + at, into.size());
    return true;
  };
  const auto found = read_elf_dynamic(read, kAsked);
  fuzz::demand_reason(found);
  if (!found) return 0;
  demand(found->present || (found->needed.empty() && found->imports.empty()),
         "a static program names nothing");
  const auto asked = [](const std::string& name) {
    return std::ranges::find(kAsked, std::string_view(name)) != std::end(kAsked);
  };
  demand(std::ranges::all_of(found->imports, asked) && std::ranges::all_of(found->exports, asked),
         "only names that were asked for");
  for (const std::string& library : found->needed)
    demand(library.size() < size, "a name is in the file");
  return 0;
}

}  // namespace
