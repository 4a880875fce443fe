#include "report/bench_stages.h"

#include "report/bench_plots.h"
#include "report/bench_view.h"
#include "report/page_parts.h"
#include "report/plot_parts.h"
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Row = document::BenchRow;

constexpr double kLeast = 0.001;  // us: the clock's nanosecond
constexpr double kMost = 1e9;

bool can_be_shown(const std::optional<double>& us) {
  return us && *us >= kLeast && *us <= kMost;
}

// A stage takes a tenth of a microsecond, or ten milliseconds where the machine does much else:
// only on a logarithmic scale are all of them visible. All figures of a page share it.
struct Scale {
  double from = 0, to = 0;  // powers of ten, us
  double place(double us) const {
    return log2_of(std::clamp(us / from, 1.0, to / from)) / log2_of(to / from);
  }
};

Scale scale_of(const document::Bench& bench) {
  double least = 0;
  double most = 0;
  const auto add = [&](const auto& part) {
    for (const auto& us : {part.p50_us, part.p99_us}) {
      if (!can_be_shown(us)) continue;
      least = least > 0 ? std::min(least, *us) : *us;
      most = std::max(most, *us);
    }
  };
  for (const Row& row : bench.rows) {
    if (!row.messages) continue;
    for (const document::BenchStage& stage : row.messages->stages) add(stage);
    for (const document::BenchSum& sum : row.messages->sums) add(sum);
  }
  Scale scale{.from = kLeast, .to = kLeast * 10};
  if (!(least > 0)) return scale;
  while (scale.from * 10 <= least) scale.from *= 10;
  scale.to = scale.from * 10;
  while (scale.to < most) scale.to *= 10;
  return scale;
}

std::string power_words(double us) {
  if (us >= 1e6) return fmt::format("{:g} s", us / 1e6);
  if (us >= 1e3) return fmt::format("{:g} ms", us / 1e3);
  return us >= 1 ? fmt::format("{:g} µs", us) : fmt::format("{:g} ns", us * 1000);
}

Markup axis_row(const Scale& scale) {
  std::size_t powers = 0;
  for (double us = scale.from; us <= scale.to * 1.01; us *= 10) ++powers;
  Markup marks;
  std::size_t number = 0;
  for (double us = scale.from; us <= scale.to * 1.01; us *= 10) {
    // Of many powers only some have their words, which else overlap.
    if (number++ % (powers > 5 ? 2 : 1) == 0) marks += letters(scale.place(us), power_words(us));
  }
  return plot_row({}, Markup{"<svg class=\"axis\" aria-hidden=\"true\">"} + marks + ours("</svg>"),
                  plain("µs"));
}

Markup grid_of(const Scale& scale) {
  Markup lines;
  for (double us = scale.from * 10; us < scale.to * 0.99; us *= 10) lines += rule(scale.place(us));
  return lines;
}

std::string time_words(const std::optional<double>& us) {
  return us ? figure_words(*us) : std::string("?");
}

// Of a stage or a sum. What is not visible is no bar of no length.
template <typename Part>
Markup part_row(const Markup& label, const std::string& name, const Part& part,
                std::string_view of_class, const Scale& scale) {
  if (!part.p50_us) {
    const std::string why =
        part.because.empty() ? "not visible; the document has no reason" : part.because;
    return element("li", "hidden",
                   element("span", "what", label) + element("span", "reason", plain(why))) +
           ours("\n");
  }
  const std::string words = fmt::format("{}: median {} µs, 99th percentile {} µs", name,
                                        time_words(part.p50_us), time_words(part.p99_us));
  Markup shapes = grid_of(scale);
  if (can_be_shown(part.p50_us)) shapes += block(0, scale.place(*part.p50_us), of_class, words);
  if (can_be_shown(part.p50_us) && can_be_shown(part.p99_us) && *part.p50_us <= *part.p99_us)
    shapes += whisker(scale.place(*part.p50_us), scale.place(*part.p99_us), words);
  Markup what = label;
  if (!part.because.empty())
    what += element("span", "soft",
                    plain(fmt::format(" in {} messages: {}", part.count, part.because)));
  return plot_row(what, picture("track", words, shapes),
                  plain(fmt::format("{} / {}", time_words(part.p50_us), time_words(part.p99_us))));
}

Markup stage_label(std::string_view stage, std::string name) {
  std::ranges::replace(name, '_', ' ');
  return element("b", plain(name)) + element("span", "soft", ours(" ") + plain(stage_words(stage)));
}

Markup stage_row(const document::BenchStage& stage, std::string_view of_class, const Scale& scale) {
  return part_row(stage_label(stage.stage, stage.stage), stage.stage, stage, of_class, scale);
}

// The stages in their order, whatever the document's is; one that it does not have is said to be
// missing. Stages of a later release come last.
std::vector<document::BenchStage> all_stages(const document::BenchMessages& messages) {
  std::vector<document::BenchStage> all;
  for (const auto& known : kWords<MessageStage>) {
    const auto found = std::ranges::find(messages.stages, known.word, &document::BenchStage::stage);
    all.push_back(found != messages.stages.end()
                      ? *found
                      : document::BenchStage{.stage = std::string(known.word),
                                             .p50_us = {},
                                             .p99_us = {},
                                             .because = "the document does not have this stage"});
  }
  for (const document::BenchStage& stage : messages.stages) {
    if (!from_word<MessageStage>(stage.stage)) all.push_back(stage);
  }
  return all;
}

Markup row_figure(const Row& row, const Scale& scale) {
  const std::string name = row_name(row);
  if (!row.messages)
    return figure("plot", name,
                  element("p", tag("wait", "not measured") + ours(" ") + plain(row.because)));
  const document::BenchMessages& messages = *row.messages;
  std::string counted = fmt::format(
      "{}. {} messages", row.path ? "TLS: " + *row.path : "Without TLS", messages.messages);
  if (messages.in_parts > 0)
    counted += fmt::format("; {} more took several calls and are left out", messages.in_parts);
  if (messages.disordered > 0)
    counted += fmt::format(
        "; {} more have marks that contradict each other and are left out: the clock was set",
        messages.disordered);
  Markup rows = axis_row(scale);
  for (const document::BenchStage& stage : all_stages(messages))
    rows += stage_row(stage, class_of_row(row), scale);
  return figure("plot", name,
                element("p", "soft", plain(counted + ".")) + element("ul", "rows stages", rows));
}

Markup sum_figure(const document::Bench& bench, std::string_view sum, const Scale& scale) {
  Markup rows = axis_row(scale);
  for (const Row& row : bench.rows) {
    if (!row.messages) continue;
    const auto found = std::ranges::find(row.messages->sums, sum, &document::BenchSum::sum);
    const document::BenchSum missing{.p50_us = {},
                                     .p99_us = {},
                                     .because = "the document does not have this sum",
                                     .to_tls = {},
                                     .p50_by_round = {}};
    const std::string name = row_name(row);
    rows += part_row(plain(name), name, found == row.messages->sums.end() ? missing : *found,
                     class_of_row(row), scale);
  }
  return figure("plot", fmt::format("Time {}", sum_words(sum)), element("ul", "rows stages", rows));
}

// Which clock gave the kernel's stamps, and what says that it can be believed.
Markup stamps_line(const document::Bench& bench) {
  std::uint64_t compared = 0;
  std::uint64_t agreed = 0;
  for (const Row& row : bench.rows) {
    if (!row.messages) continue;
    compared += row.messages->compared;
    agreed += row.messages->agreed;
  }
  if (compared == 0) return {};
  return element("p", "soft",
                 plain(fmt::format("The kernel's time stamps are those of a capture of the same "
                                   "packets. Before the timed part {} of {} messages had the stamp "
                                   "of the same packet at their own socket, too.",
                                   agreed, compared)));
}

}  // namespace

Markup stage_plots(const document::Bench& bench) {
  if (std::ranges::none_of(bench.rows, [](const Row& row) { return row.messages.has_value(); }))
    return {};
  const Scale scale = scale_of(bench);
  Markup stages;
  for (const Row& row : bench.rows) stages += row_figure(row, scale);
  Markup sums;
  for (const auto& sum : kWords<MessageSum>) sums += sum_figure(bench, sum.word, scale);
  return element("h3", plain("Where the time of a message goes")) +
         element("p", "soft",
                 plain("The bar ends at the median, the line at the 99th percentile; the numbers "
                       "are both, in microseconds. The scale is logarithmic and the same in all "
                       "figures: each line is ten times the one before, so look at where bars end "
                       "and not at how long they are. Percentiles of stages do not add up to "
                       "those of the whole. A stage that is not visible is not zero.")) +
         element("div", "plots", stages) + stamps_line(bench) +
         element("h3", plain("What all rows share")) +
         element("p", "soft",
                 plain("With kernel TLS one call receives and decrypts, so only these times can "
                       "be compared from row to row.")) +
         element("div", "plots", sums);
}

}  // namespace tuner
