// A set of CPU numbers of any size, in the two grammars the kernel uses.
//
// list: "0-3,8,10-11"          (Documentation/admin-guide/kernel-parameters.rst, "cpu lists")
// mask: "ff,00000000,ffffffff" (32-bit groups, most significant first, as in smp_affinity)
// No CPU mask is handled as text anywhere else in this program.
#pragma once

#include "base/result.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

class CpuSet {
 public:
  // Far above any kernel's NR_CPUS (8192 on x86, arch/x86/Kconfig); keeps a typing error from
  // eating memory.
  static constexpr int kLimit = 1 << 16;

  CpuSet() = default;
  static CpuSet of(std::initializer_list<int> cpus);
  static CpuSet range(int first, int last);

  // Reads a list; blanks around it and an empty list are fine. Fault::Invalid names the bad part.
  static Result<CpuSet> parse_list(std::string_view text);
  // Reads a mask; an omitted group ("ff,,1") is zero, as the kernel's own parser takes it.
  static Result<CpuSet> parse_mask(std::string_view text);

  std::string to_list() const;  // empty set: ""
  std::string to_mask() const;  // at least one digit; groups after the first have eight

  bool contains(int cpu) const;
  bool empty() const;
  int size() const;
  int first() const;  // -1 when empty
  int last() const;   // -1 when empty
  std::vector<int> members() const;

  void add(int cpu);  // 0 <= cpu < kLimit
  void remove(int cpu);

  CpuSet operator&(const CpuSet& other) const;
  CpuSet operator|(const CpuSet& other) const;
  CpuSet operator-(const CpuSet& other) const;
  bool operator==(const CpuSet& other) const = default;

 private:
  void shrink();  // keeps the last word non-zero, so that == is equality of sets
  std::vector<std::uint64_t> words_;
};

}  // namespace tuner
