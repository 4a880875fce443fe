#include "model/value_json.h"

#include "base/number.h"
#include "model/json_bytes.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

Result<Value> integers_from_json(const json& array) {
  Integers numbers;
  for (const json& element : array) {
    if (!element.is_number_integer())
      return fail(Fault::Invalid, "the list has an element that is not an integer");
    const auto number = TRY(whole_number<std::int64_t>(element));
    numbers.push_back(number);
  }
  return Value{numbers};
}

}  // namespace

// For people and other programs: CPUs are a list in text, as in sysfs ("0-3,8"), and so look like
// any text. The journal needs the types apart and uses value_to_json().
json value_to_public_json(const Value& value) {
  struct Printer {
    json operator()(Absent) const { return nullptr; }
    json operator()(bool on) const { return on; }
    json operator()(std::int64_t number) const { return number; }
    json operator()(const Integers& numbers) const { return numbers; }
    json operator()(const std::string& text) const { return text; }
    json operator()(const CpuSet& cpus) const { return cpus.to_list(); }
  };
  return std::visit(Printer{}, value);
}

// The journal's form can be read back as the same type: "0-3" is a text and {"cpus":"0-3"} a set. A
// text that is no UTF-8 is an object too (model/json_bytes.h).
json value_to_json(const Value& value) {
  if (const auto* cpus = std::get_if<CpuSet>(&value)) {
    json object;
    object["cpus"] = cpus->to_list();
    return object;
  }
  if (const auto* text = std::get_if<std::string>(&value)) return bytes_to_json(*text);
  return value_to_public_json(value);
}

Result<Value> value_from_json(const json& value) {
  if (value.is_null()) return Value{Absent{}};
  if (value.is_boolean()) return Value{value.get<bool>()};
  if (value.is_number_integer()) {
    const auto number = TRY(whole_number<std::int64_t>(value));
    return Value{number};
  }
  if (value.is_string()) return Value{value.get<std::string>()};
  if (value.is_array()) return integers_from_json(value);
  if (value.is_object() && value.contains("cpus") && value["cpus"].is_string()) {
    auto cpus = TRY(CpuSet::parse_list(value["cpus"].get<std::string>()));
    return Value{cpus};
  }
  try {
    return Value{bytes_from_json(value)};
  } catch (const json::exception&) {
    return fail(Fault::Invalid, "not a value");
  }
}

}  // namespace tuner
