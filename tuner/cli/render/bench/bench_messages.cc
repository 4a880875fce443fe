#include "cli/render/bench/bench_messages.h"

#include "cli/output/text_sink.h"
#include "cli/render/bench/bench.h"
#include "cli/render/bench/bench_cells.h"

#include <fmt/format.h>

#include <set>

namespace tuner {
namespace {

double microseconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1000;
}

// "4.10 / 9.80"
std::string times_words(const StageFigure& figure) {
  if (!figure.times) return "-";
  return fmt::format("{:.2f} / {:.2f}", microseconds(figure.times->p50),
                     microseconds(figure.times->p99));
}

// "5.10 / 9.80 from epoll": the second where that is all that can be compared.
std::string sum_words(const MessageFigures& figures) {
  const MessageSum sum = figures.judged_sum();
  return times_words(figures.sum(sum)) + (sum == MessageSum::EpollToPlainText ? " from epoll" : "");
}

// A reason that several stages share is said once.
void add_reasons(Table& table, const MessageFigures& figures) {
  std::map<std::string, std::string> stages;  // by reason
  for (const auto& row : kWords<MessageStage>) {
    const StageFigure& stage = figures.stage(row.value);
    // The reason of nic_to_kernel is one of the run and stands below the table.
    if (stage.because.empty() || row.value == MessageStage::NicToKernel) continue;
    std::string& names = stages[stage.because];
    names += (names.empty() ? "" : ", ") + std::string(row.word);
  }
  for (const auto& [because, names] : stages) table.note(names + ": " + because);
  if (figures.in_parts > 0)
    table.note(fmt::format("{} messages took several calls and are left out", figures.in_parts));
  if (figures.disordered > 0)
    table.note(
        fmt::format("{} messages have marks that contradict each other and are left out: "
                    "the clock was set meanwhile",
                    figures.disordered));
}

void add_row(Table& table, const BenchResult& result, const BenchRow& row) {
  const std::string version = version_cell(result, row);
  if (!row.messages) {
    table.add({{std::string(word_of(row.variant.mode)), Tint::Faint},
               {version},
               {"not measured", Tint::Faint}});
    return add_notes(table, row);
  }
  const MessageFigures& figures = *row.messages;
  table.add({{std::string(word_of(row.variant.mode))},
             {version},
             {row.path ? std::string(tls_path_name(row.path->path())) : ""},
             {std::to_string(figures.messages)},
             {times_words(figures.stage(MessageStage::KernelToEpoll))},
             {times_words(figures.stage(MessageStage::EpollToRecv))},
             {times_words(figures.stage(MessageStage::Decrypt))},
             {times_words(figures.stage(MessageStage::Parse))},
             {times_words(figures.stage(MessageStage::Callback))},
             {sum_words(figures)},
             {ratio_cell(figures.judged_ratio()), tint_of(row)}});
  add_notes(table, row);
  add_reasons(table, figures);
}

// Of a stage or a sum.
template <typename T>
T with_times(T made, const StageFigure& figure) {
  made.because = figure.because;
  if (!figure.times) return made;
  made.count = figure.times->count;
  made.p50_us = microseconds(figure.times->p50);
  made.p99_us = microseconds(figure.times->p99);
  return made;
}

}  // namespace

std::string messages_text(const BenchResult& result, const Display& display) {
  Table table({"mode", "version", "path", "messages", "kernel to epoll", "epoll to recv", "decrypt",
               "parse", "callback", "to plain text", "of tls"});
  for (const BenchRow& row : result.rows) add_row(table, result, row);
  std::string text = table.text(display);
  text += text_line(
      "times in microseconds, median / 99th percentile; \"to plain text\" is from "
      "the kernel's time stamp, or without one from the end of epoll_wait, and is "
      "all that rows with and without kernel TLS share");
  std::set<std::string> hidden;
  for (const BenchRow& row : result.rows) {
    if (row.messages) hidden.insert(row.messages->stage(MessageStage::NicToKernel).because);
  }
  for (const std::string& because : hidden) text += text_line("nic_to_kernel: {}", because);
  return text;
}

std::optional<document::BenchMessages> messages_document(const BenchRow& row) {
  if (!row.messages) return std::nullopt;
  const MessageFigures& figures = *row.messages;
  document::BenchMessages made{.messages = figures.messages,
                               .in_parts = figures.in_parts,
                               .disordered = figures.disordered,
                               .compared = figures.compared,
                               .agreed = figures.lead ? figures.lead->count : 0,
                               .lead_p50_us = {},
                               .stages = {},
                               .sums = {}};
  if (figures.lead) made.lead_p50_us = microseconds(figures.lead->p50);
  for (const auto& stage : kWords<MessageStage>)
    made.stages.push_back(with_times(
        document::BenchStage{
            .stage = std::string(stage.word), .p50_us = {}, .p99_us = {}, .because = {}},
        figures.stage(stage.value)));
  for (const auto& sum : kWords<MessageSum>) {
    const auto index = static_cast<std::size_t>(sum.value);
    made.sums.push_back(
        with_times(document::BenchSum{.sum = std::string(sum.word),
                                      .p50_us = {},
                                      .p99_us = {},
                                      .because = {},
                                      .to_tls = ratio_document(figures.sums_to_tls[index]),
                                      .p50_by_round = {}},
                   figures.sum(sum.value)));
    for (const double median : figures.medians_by_round[index])
      made.sums.back().p50_by_round.push_back(median / 1000);
  }
  return made;
}

}  // namespace tuner
