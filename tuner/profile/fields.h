// Makes the rows of the format's tables (profile/format.h). Each row has a function that reads the
// value and stores it in a member, and a function that finds it there again. The type of the member
// determines both, so the description, the reader and the content of a row cannot differ.
#pragma once

#include "profile/content.h"
#include "profile/layer.h"
#include "profile/reader.h"

#include <algorithm>
#include <array>

namespace tuner::reading {

template <typename Owner>
struct Field {
  Key key;
  void (*store)(Reader&, const Key&, const YamlEntry&, Owner&);
  // The key's node for profile/content.h. nullptr: the key is a part of a setting.
  Content (*content)(const Key&, const Owner&) = nullptr;
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

// The nodes of a table's rows, in their order.
template <typename Table, typename From>
Contents contents_of_rows(const From& from) {
  Contents nodes;
  for (const auto& row : Fields<Table>::rows) {
    if (row.content != nullptr) nodes.push_back(row.content(row.key, from));
  }
  return nodes;
}

// The node of a member that is a Held value itself.
template <typename Owner, auto Member>
Content member_content(const Key& key, const Owner& owner) {
  return node_of(key, owner.*Member);
}

// The entries of a list of mappings.
template <typename Part>
Content list_content(const Key& key, const std::vector<Part>& list) {
  Content node = node_with(key, {});
  for (const Part& one : list)
    node.children.push_back(
        {.key = &key, .origin = &one.origin, .children = contents_of_rows<Part>(one)});
  return node;
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

template <typename Enum>
std::string word_of(const Key& key, Enum value) {
  return std::string(key.words[static_cast<std::size_t>(value)]);
}

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
          },
          member_content<OwnerOf<Member>, Member>};
}

template <auto Member>
constexpr Field<OwnerOf<Member>> boolean_row(Key key) {
  return {with_shape(key, Shape::Boolean),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.boolean(entry).value_or(owner.*Member);
          },
          member_content<OwnerOf<Member>, Member>};
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
          },
          [](const Key& row, const OwnerOf<Member>& owner) {
            if constexpr (std::is_same_v<TypeOf<Member>, bool>) {
              return node_of(row, owner.*Member);
            } else {
              return node_of(row, word_of(row, owner.*Member));
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
          },
          [](const Key& row, const OwnerOf<Member>& owner) {
            std::vector<std::string> words;
            for (const auto one : owner.*Member) words.push_back(word_of(row, one));
            return node_of(row, std::move(words));
          }};
}

template <auto Member>
constexpr Field<OwnerOf<Member>> texts_row(Key key) {
  return {with_shape(key, Shape::Texts),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.texts(entry);
          },
          member_content<OwnerOf<Member>, Member>};
}

template <auto Member>
constexpr Field<OwnerOf<Member>> integers_row(Key key) {
  return {with_shape(key, Shape::Integers),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.integers(entry);
          },
          member_content<OwnerOf<Member>, Member>};
}

// For an optional<Setting>.
template <auto Member>
constexpr Field<OwnerOf<Member>> setting_row(Key key) {
  return {with_shape(key, Shape::Setting),
          [](Reader& reader, const Key& row, const YamlEntry& entry, OwnerOf<Member>& owner) {
            owner.*Member = reader.setting(row, entry);
          },
          [](const Key& row, const OwnerOf<Member>& owner) {
            const auto& setting = owner.*Member;
            return node_of(row, setting ? &*setting : nullptr);
          }};
}

// For a vector of NamedSettings; the name is the key's.
template <auto Member>
constexpr Field<OwnerOf<Member>> named_row(Key key) {
  key.named = true;
  return {with_shape(key, Shape::Setting),
          [](Reader& reader, const Key& row, const YamlEntry& entry, OwnerOf<Member>& owner) {
            if (auto setting = reader.setting(row, entry))
              (owner.*Member).push_back({std::string(row.name), std::move(*setting)});
          },
          [](const Key& row, const OwnerOf<Member>& owner) {
            const auto one = std::ranges::find(owner.*Member, row.name, &NamedSetting::name);
            return node_of(row, one == (owner.*Member).end() ? nullptr : &one->setting);
          }};
}

// A mapping that fills a member struct.
template <auto Member>
constexpr Field<OwnerOf<Member>> object_row(Key key) {
  using Part = TypeOf<Member>;
  return {with_shape(key, Shape::Object, keys_of<Part>),
          [](Reader& reader, const Key&, const YamlEntry& entry, OwnerOf<Member>& owner) {
            read_object<Part>(reader, entry, owner.*Member);
          },
          [](const Key& row, const OwnerOf<Member>& owner) {
            return node_with(row, contents_of_rows<Part>(owner.*Member));
          }};
}

// A mapping that fills members of the owner itself.
template <typename Table>
constexpr Field<typename Fields<Table>::Owner> group_row(Key key) {
  return {with_shape(key, Shape::Object, keys_of<Table>),
          [](Reader& reader, const Key&, const YamlEntry& entry,
             typename Fields<Table>::Owner& owner) { read_object<Table>(reader, entry, owner); },
          [](const Key& row, const typename Fields<Table>::Owner& owner) {
            return node_with(row, contents_of_rows<Table>(owner));
          }};
}

// A row with functions of its own.
template <typename Owner>
constexpr Field<Owner> custom_row(Key key,
                                  void (*store)(Reader&, const Key&, const YamlEntry&, Owner&),
                                  Content (*content)(const Key&, const Owner&) = nullptr) {
  return {key, store, content};
}

}  // namespace tuner::reading
