// Makes the rows of the format's tables (profile/format.h). Each row has a function that reads the
// value and stores it in a member. The type of the member determines how the value is read, so the
// description and the reader of a row cannot differ.
#pragma once

#include "profile/layer.h"
#include "profile/reader.h"

#include <algorithm>
#include <array>

namespace tuner::reading {

template <typename Owner>
struct Field {
  Key key;
  void (*store)(Reader&, const Key&, const YamlEntry&, Owner&);
};

// A specialisation defines Owner, the struct to fill, and the table `rows`. If the parts of an
// object depend on each other, it also has `check(Reader&, const YamlEntry&, const Owner&)`.
template <typename Table>
struct Fields;

// The rows of a table and one more row.
template <typename Owner, std::size_t Count>
constexpr std::array<Field<Owner>, Count + 1> and_row(const std::array<Field<Owner>, Count>& rows,
                                                      Field<Owner> more) {
  std::array<Field<Owner>, Count + 1> all{};
  *std::ranges::copy(rows, all.begin()).out = more;
  return all;
}

template <typename Table>
Keys keys_of() {
  Keys keys;
  for (const auto& row : Fields<Table>::rows) keys.push_back(&row.key);
  return keys;
}

template <typename Table>
void read_rows(Reader& reader, const YamlNode& mapping, typename Fields<Table>::Owner& into) {
  const auto& rows = Fields<Table>::rows;
  for (const YamlEntry& entry : mapping.entries) {
    const auto row = std::ranges::find_if(
        rows, [&](const auto& candidate) { return candidate.key.name == entry.key.text; });
    if (row == rows.end()) {
      reader.unknown_key(entry.key, keys_of<Table>());
    } else {
      row->store(reader, row->key, entry, into);
    }
  }
  reader.missing_keys(mapping, keys_of<Table>());
}

template <typename Table>
void read_object(Reader& reader, const YamlEntry& entry, typename Fields<Table>::Owner& into) {
  if (!reader.is_mapping(entry)) return;
  read_rows<Table>(reader, entry.value, into);
  if constexpr (requires { Fields<Table>::check(reader, entry, into); })
    Fields<Table>::check(reader, entry, into);
}

template <typename Owner, typename Member>
Owner owner_of(Member Owner::*);
template <auto Member>
using OwnerOf = decltype(owner_of(Member));
template <auto Member>
using TypeOf = std::remove_cvref_t<decltype(std::declval<OwnerOf<Member>&>().*Member)>;

constexpr Key with_shape(Key key, Shape shape, Keys (*children)() = nullptr) {
  key.shape = shape;
  key.children = children;
  return key;
}

template <auto Member>
constexpr Field<OwnerOf<Member>> text_row(Key key) {
  return {with_shape(key, Shape::Text),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.text(entry).value_or("");
          }};
}

template <auto Member>
constexpr Field<OwnerOf<Member>> boolean_row(Key key) {
  return {with_shape(key, Shape::Boolean),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.boolean(entry).value_or(owner.*Member);
          }};
}

// For a bool (the single word means true), or an enum with its enumerators in the order of `words`.
template <auto Member>
constexpr Field<OwnerOf<Member>> word_row(Key key) {
  return {with_shape(key, Shape::Word),
          [](Reader& reader, const Key& row, const YamlEntry& entry, OwnerOf<Member>& owner) {
            const auto index = reader.word(row, entry);
            if (!index) return;
            if constexpr (std::is_same_v<TypeOf<Member>, bool>) {
              owner.*Member = true;
            } else {
              owner.*Member = static_cast<TypeOf<Member>>(*index);
            }
          }};
}

// For a vector of such an enum.
template <auto Member>
constexpr Field<OwnerOf<Member>> words_row(Key key) {
  return {with_shape(key, Shape::Words),
          [](Reader& reader, const Key& row, const YamlEntry& entry, OwnerOf<Member>& owner) {
            using Enum = typename TypeOf<Member>::value_type;
            for (const std::size_t index : reader.words(row, entry))
              (owner.*Member).push_back(static_cast<Enum>(index));
          }};
}

template <auto Member>
constexpr Field<OwnerOf<Member>> texts_row(Key key) {
  return {with_shape(key, Shape::Texts),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.texts(entry);
          }};
}

template <auto Member>
constexpr Field<OwnerOf<Member>> integers_row(Key key) {
  return {with_shape(key, Shape::Integers),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.integers(entry);
          }};
}

// For an optional<Setting>.
template <auto Member>
constexpr Field<OwnerOf<Member>> setting_row(Key key) {
  return {with_shape(key, Shape::Setting),
          [](Reader& reader, const Key& row, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.setting(row, entry);
          }};
}

// For a vector of NamedSettings; the name is the key's.
template <auto Member>
constexpr Field<OwnerOf<Member>> named_row(Key key) {
  return {with_shape(key, Shape::Setting),
          [](Reader& reader, const Key& row, const YamlEntry& entry, OwnerOf<Member>& owner) {
            if (auto setting = reader.setting(row, entry))
              (owner.*Member).push_back({std::string(row.name), std::move(*setting)});
          }};
}

// A mapping that fills a member struct.
template <auto Member>
constexpr Field<OwnerOf<Member>> object_row(Key key) {
  using Part = TypeOf<Member>;
  return {with_shape(key, Shape::Object, keys_of<Part>),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            read_object<Part>(reader, entry, owner.*Member);
          }};
}

// A mapping that fills members of the owner itself.
template <typename Table>
constexpr Field<typename Fields<Table>::Owner> group_row(Key key) {
  return {with_shape(key, Shape::Object, keys_of<Table>),
          [](Reader& reader, const Key&, const YamlEntry& entry,
             typename Fields<Table>::Owner& owner) { read_object<Table>(reader, entry, owner); }};
}

// A list of mappings, for a vector of structs with an origin.
template <auto Member>
constexpr Field<OwnerOf<Member>> objects_row(Key key) {
  using Part = typename TypeOf<Member>::value_type;
  return {with_shape(key, Shape::Objects, keys_of<Part>),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            if (!reader.is_sequence(entry)) return;
            for (const YamlNode& item : entry.value.items) {
              Part part{.origin = reader.origin(item.place)};
              const YamlNode name{.place = item.place, .text = "an entry of " + entry.key.text};
              read_object<Part>(reader, {.key = name, .value = item}, part);
              (owner.*Member).push_back(std::move(part));
            }
          }};
}

// A row with its own store function.
template <typename Owner>
constexpr Field<Owner> custom_row(Key key,
                                  void (*store)(Reader&, const Key&, const YamlEntry&, Owner&)) {
  return {key, store};
}

}  // namespace tuner::reading
