#include "bench/message_lines.h"

#include "probe/json_number.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t mark_of(const Json& json) {
  const auto value = whole_number<std::int64_t>(json);
  if (value) return *value;
  throw Json::other_error::create(501, "a mark: " + value.error().text, &json);
}

std::optional<std::int64_t> maybe_mark_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return mark_of(json);
}

Json maybe_json(const std::optional<std::int64_t>& mark) {
  return mark ? Json(*mark) : Json();
}

// A list without names: a round has hundreds.
Json marks_json(const MessageMarks& marks) {
  Json json{maybe_json(marks.nic),
            maybe_json(marks.kernel),
            marks.epoll,
            marks.call,
            marks.plain,
            marks.parsed,
            marks.done};
  if (!marks.receive) return json;
  json.push_back(marks.receive->begin);
  json.push_back(marks.receive->nanoseconds);
  return json;
}

MessageMarks marks_of(const Json& json) {
  MessageMarks marks{.nic = maybe_mark_of(json.at(0)),
                     .kernel = maybe_mark_of(json.at(1)),
                     .epoll = mark_of(json.at(2)),
                     .call = mark_of(json.at(3)),
                     .receive = {},
                     .plain = mark_of(json.at(4)),
                     .parsed = mark_of(json.at(5)),
                     .done = mark_of(json.at(6))};
  if (json.size() > 7)
    marks.receive =
        MessageReceive{.begin = mark_of(json.at(7)), .nanoseconds = mark_of(json.at(8))};
  return marks;
}

}  // namespace

Json messages_json(const MarkedMessages& marked) {
  Json messages = Json::array();
  for (const MessageMarks& marks : marked.messages) messages.push_back(marks_json(marks));
  return {{"messages", messages},         {"origin", marked.origin},
          {"in_parts", marked.in_parts},  {"disordered", marked.disordered},
          {"compared", marked.compared},  {"leads", marked.leads},
          {"no_stamps", marked.no_stamps}};
}

MarkedMessages messages_of(const Json& json) {
  MarkedMessages marked{.messages = {},
                        .origin = number_at<std::int64_t>(json, "origin"),
                        .in_parts = number_at<std::size_t>(json, "in_parts"),
                        .disordered = number_at<std::size_t>(json, "disordered"),
                        .compared = number_at<std::size_t>(json, "compared"),
                        .leads = {},
                        .no_stamps = json.at("no_stamps").get<std::string>()};
  for (const Json& lead : json.at("leads")) marked.leads.push_back(mark_of(lead));
  for (const Json& marks : json.at("messages")) marked.messages.push_back(marks_of(marks));
  return marked;
}

}  // namespace tuner
