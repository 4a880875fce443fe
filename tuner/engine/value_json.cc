#include "engine/value_json.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

Result<Value> integers_from_json(const json& array) {
  Integers numbers;
  for (const json& element : array) {
    if (!element.is_number_integer())
      return fail(Fault::Invalid, "a list with something other than integers");
    numbers.push_back(element.get<std::int64_t>());
  }
  return Value{numbers};
}

}  // namespace

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

json value_to_json(const Value& value) {
  if (const auto* cpus = std::get_if<CpuSet>(&value)) {
    json object;
    object["cpus"] = cpus->to_list();
    return object;
  }
  return value_to_public_json(value);
}

Result<Value> value_from_json(const json& value) {
  if (value.is_null()) return Value{Absent{}};
  if (value.is_boolean()) return Value{value.get<bool>()};
  if (value.is_number_integer()) return Value{value.get<std::int64_t>()};
  if (value.is_string()) return Value{value.get<std::string>()};
  if (value.is_array()) return integers_from_json(value);
  if (value.is_object() && value.contains("cpus") && value["cpus"].is_string()) {
    auto cpus = CpuSet::parse_list(value["cpus"].get<std::string>());
    if (!cpus) return fail(cpus.error());
    return Value{*cpus};
  }
  return fail(Fault::Invalid, "not a value");
}

}  // namespace tuner
