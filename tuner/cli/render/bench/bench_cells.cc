#include "cli/render/bench/bench_cells.h"

#include <fmt/format.h>

namespace tuner {
namespace {

std::string counters_words(const std::map<std::string, std::int64_t>& counters) {
  std::string words;
  for (const auto& [name, moved] : counters)
    words += fmt::format("{}{} {:+}", words.empty() ? "" : ", ", name, moved);
  return words;
}

}  // namespace

std::string figure(double number) {
  return fmt::format("{:.{}f}", number, number < 10 ? 2 : 1);
}

std::string ratio_cell(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return "-";
  return fmt::format("{:.2f} ({:.2f}-{:.2f})", ratio->ratio, ratio->low, ratio->high);
}

std::set<TlsCipher> ciphers_of(const BenchResult& result) {
  std::set<TlsCipher> ciphers;
  for (const BenchRow& row : result.rows) {
    if (row.variant.cipher) ciphers.insert(*row.variant.cipher);
  }
  return ciphers;
}

std::string version_cell(const BenchResult& result, const BenchRow& row) {
  if (!row.variant.version) return {};
  std::string words(word_of(*row.variant.version));
  if (row.variant.cipher && ciphers_of(result) != std::set{TlsCipher::Aes128Gcm})
    words += fmt::format(" {}", word_of(*row.variant.cipher));
  return words;
}

Tint tint_of(const BenchRow& row) {
  if (!row.verdict) return Tint::None;
  switch (*row.verdict) {
    case KtlsVerdict::PaysOff: return Tint::Good;
    case KtlsVerdict::Costs:
    case KtlsVerdict::Mixed: return Tint::Warning;
    case KtlsVerdict::NoDifference:
    case KtlsVerdict::NotMeasured:
    case KtlsVerdict::NotComparable: break;
  }
  return Tint::Faint;
}

void add_notes(Table& table, const BenchRow& row) {
  if (row.path && !row.path->doubt().empty()) table.note(row.path->doubt());
  if (!row.because.empty()) table.note(row.because);
  if (asks_kernel(row.variant.mode) && !row.counters.empty())
    table.note("counters: " + counters_words(row.counters));
  if (!row.nic_counters.empty())
    table.note("by the NIC's driver: " + counters_words(row.nic_counters));
}

}  // namespace tuner
