// What a field of a document can be. The three visitors treat each kind of field in one place.
#pragma once

#include "base/rfc3339.h"
#include "base/words.h"
#include "document/key.h"
#include "model/value.h"

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace tuner::document {

template <typename T>
inline constexpr bool kIsList = false;
template <typename T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsMap = false;
template <typename T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;
template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <typename T>
concept Enum = std::is_enum_v<T>;
template <typename T>
concept Number = std::integral<T> && !std::same_as<T, bool>;
template <typename T>
concept Real = std::same_as<T, double>;  // a rate or a share; NaN and infinity do not occur
template <typename T>
concept List = kIsList<T>;
template <typename T>
concept Map = kIsMap<T>;
template <typename T>
concept Optional = kIsOptional<T>;

}  // namespace tuner::document
