// A set of CPU numbers of any size, in the two text formats of the kernel.
//
// list: "0-3,8,10-11"          (Documentation/admin-guide/kernel-parameters.rst, "cpu lists")
// mask: "ff,00000000,ffffffff" (32-bit groups, most significant first, as in smp_affinity)
// Only this class parses and prints CPU lists and masks.
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
  // Far above any kernel's NR_CPUS (8192 on x86, arch/x86/Kconfig). Bounds the memory that a typing
  // error can cost.
  static constexpr int kLimit = 1 << 16;

  CpuSet() = default;
  static CpuSet of(std::initializer_list<int> cpus);
  static CpuSet range(int first, int last);

  // Parses a list. Surrounding blanks and an empty list are accepted. Invalid names the bad part.
  static Result<CpuSet> parse_list(std::string_view text);
  // Parses a mask. An omitted group ("ff,,1") is zero, as in the kernel's parser.
  static Result<CpuSet> parse_mask(std::string_view text);

  std::string to_list() const;  // empty set: ""
  std::string to_mask() const;  // empty set: "0"; groups after the first have eight digits

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
  void shrink();  // drops zero words at the end, so that equal sets have equal words_
  std::vector<std::uint64_t> words_;
};

}  // namespace tuner
