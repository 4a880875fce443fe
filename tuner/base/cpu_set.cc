#include "base/cpu_set.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace tuner {
namespace {

constexpr int kWordBits = 64;
// The kernel prints and reads masks in groups of 32 bits on every architecture (lib/bitmap-str.c,
// bitmap_parse()), so the groups are independent of kWordBits.
constexpr int kGroupBits = 32;
constexpr std::size_t kGroupDigits = 8;

tl::unexpected<Error> bad(std::string_view what, std::string_view part) {
  return fail(Fault::Invalid, fmt::format("'{}' is not a CPU {}", part, what));
}

// A word at a time: a journal of a large machine has thousands of lists such as "0-511".
void fill(std::vector<std::uint64_t>& words, int first, int last) {
  const auto begin = static_cast<std::size_t>(first) / kWordBits;
  const auto end = static_cast<std::size_t>(last) / kWordBits;
  if (end >= words.size()) words.resize(end + 1);
  for (std::size_t i = begin; i <= end; ++i) {
    std::uint64_t bits = ~std::uint64_t{0};
    if (i == begin) bits &= ~std::uint64_t{0} << (first % kWordBits);
    if (i == end) bits &= ~std::uint64_t{0} >> (kWordBits - 1 - last % kWordBits);
    words[i] |= bits;
  }
}

}  // namespace

CpuSet CpuSet::of(std::initializer_list<int> cpus) {
  CpuSet set;
  for (const int cpu : cpus) set.add(cpu);
  return set;
}

CpuSet CpuSet::range(int first, int last) {
  CpuSet set;
  if (first <= last) fill(set.words_, first, last);
  return set;
}

// "0-3,8". The limit is checked before the loop adds anything: "0-4294967295" costs no memory.
Result<CpuSet> CpuSet::parse_list(std::string_view text) {
  CpuSet set;
  text = trim(text);
  if (text.empty()) return set;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = whole_number<int>(part.substr(0, dash), 0, kLimit - 1);
    const auto last = dash == std::string_view::npos
                          ? first
                          : whole_number<int>(part.substr(dash + 1), 0, kLimit - 1);
    if (!first || !last || *last < *first) return bad("list", part);
    fill(set.words_, *first, *last);
  }
  return set;
}

// "ff,00000000,ffffffff": the last group has CPU 0. Leading groups may be missing or zero, so
// `base` counts from the right.
Result<CpuSet> CpuSet::parse_mask(std::string_view text) {
  text = trim(text);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.empty()) return bad("mask", text);
  const auto groups = split(text, ',');
  CpuSet set;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string_view group = groups[i];
    if (group.empty() && i > 0) continue;
    const auto bits = whole_number<std::uint32_t>(group, 0, ~std::uint32_t{0}, 16);
    if (group.size() > kGroupDigits || !bits) return bad("mask", text);
    const std::size_t base = (groups.size() - 1 - i) * kGroupBits;
    if (base >= static_cast<std::size_t>(kLimit)) return bad("mask", text);
    for (int bit = 0; bit < kGroupBits; ++bit) {
      if ((*bits >> bit) & 1U) set.add(static_cast<int>(base) + bit);
    }
  }
  return set;
}

std::string CpuSet::to_list() const {
  std::string list;
  const auto cpus = members();
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t end = i;
    while (end + 1 < cpus.size() && cpus[end + 1] == cpus[end] + 1) ++end;
    if (!list.empty()) list += ',';
    list += end == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[end]);
    i = end + 1;
  }
  return list;
}

// The kernel itself prints groups up to nr_cpu_ids. A shorter mask means the same to
// bitmap_parse(), and masks are compared as sets, never as text.
std::string CpuSet::to_mask() const {
  std::string mask;
  for (int group = last() / kGroupBits; group >= 0; --group) {
    const auto word = words_.empty() ? 0 : words_[static_cast<std::size_t>(group) / 2];
    const auto bits = static_cast<std::uint32_t>(word >> (group % 2 * kGroupBits));
    mask += mask.empty() ? fmt::format("{:x}", bits) : fmt::format(",{:08x}", bits);
  }
  return mask;
}

bool CpuSet::contains(int cpu) const {
  const auto word = static_cast<std::size_t>(cpu) / kWordBits;
  return cpu >= 0 && word < words_.size() && ((words_[word] >> (cpu % kWordBits)) & 1U) != 0;
}

bool CpuSet::empty() const {
  return words_.empty();
}

int CpuSet::size() const {
  int count = 0;
  for (const auto word : words_) count += std::popcount(word);
  return count;
}

int CpuSet::first() const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i] != 0) return static_cast<int>(i) * kWordBits + std::countr_zero(words_[i]);
  }
  return -1;
}

// Relies on shrink(): the last word is never zero.
int CpuSet::last() const {
  if (words_.empty()) return -1;
  return static_cast<int>(words_.size()) * kWordBits - 1 - std::countl_zero(words_.back());
}

// `word & (word - 1)` clears the lowest bit, so the inner loop runs once per member and not 64
// times per word: placement asks for members of sparse sets of up to 1,024 CPUs.
std::vector<int> CpuSet::members() const {
  std::vector<int> cpus;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    for (auto word = words_[i]; word != 0; word &= word - 1) {
      cpus.push_back(static_cast<int>(i) * kWordBits + std::countr_zero(word));
    }
  }
  return cpus;
}

void CpuSet::add(int cpu) {
  const auto word = static_cast<std::size_t>(cpu) / kWordBits;
  if (word >= words_.size()) words_.resize(word + 1);
  words_[word] |= std::uint64_t{1} << (cpu % kWordBits);
}

void CpuSet::remove(int cpu) {
  if (!contains(cpu)) return;
  words_[static_cast<std::size_t>(cpu) / kWordBits] &= ~(std::uint64_t{1} << (cpu % kWordBits));
  shrink();
}

CpuSet CpuSet::operator&(const CpuSet& other) const {
  CpuSet both;
  both.words_.resize(std::min(words_.size(), other.words_.size()));
  for (std::size_t i = 0; i < both.words_.size(); ++i) both.words_[i] = words_[i] & other.words_[i];
  both.shrink();
  return both;
}

CpuSet CpuSet::operator|(const CpuSet& other) const {
  CpuSet either = words_.size() >= other.words_.size() ? *this : other;
  const CpuSet& rest = words_.size() >= other.words_.size() ? other : *this;
  for (std::size_t i = 0; i < rest.words_.size(); ++i) either.words_[i] |= rest.words_[i];
  return either;
}

CpuSet CpuSet::operator-(const CpuSet& other) const {
  CpuSet left = *this;
  for (std::size_t i = 0; i < std::min(words_.size(), other.words_.size()); ++i)
    left.words_[i] &= ~other.words_[i];
  left.shrink();
  return left;
}

void CpuSet::shrink() {
  while (!words_.empty() && words_.back() == 0) words_.pop_back();
}

}  // namespace tuner
