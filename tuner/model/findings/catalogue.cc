// The catalogue of findings. docs/findings.md is made of it.
#include "model/findings/action_rows.h"
#include "model/findings/advice_rows.h"
#include "model/findings/note_rows.h"
#include "model/findings/setting_rows.h"

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kCount =
    kActionRows.size() + kAdviceRows.size() + kSettingRows.size() + kNoteRows.size();

constexpr auto kRows = [] {
  std::array<FindingRow, kCount> rows{};
  auto end = std::ranges::copy(kActionRows, rows.begin()).out;
  end = std::ranges::copy(kAdviceRows, end).out;
  end = std::ranges::copy(kSettingRows, end).out;
  std::ranges::copy(kNoteRows, end);
  return rows;
}();

consteval bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].code) != i) return false;
    if (i > 0 && kRows[i].severity < kRows[i - 1].severity) return false;
  }
  return kRows.size() == kWords<FindingCode>.size();
}
static_assert(is_in_order(), "a code without a row, or rows in another order");

}  // namespace

std::span<const FindingRow> finding_rows() {
  return kRows;
}

}  // namespace tuner
