// The kinds of documents, and the types of their bodies. The tables of all structs are compiled
// with this one.
#pragma once

#include "document/envelope.h"

#include <span>
#include <string_view>
#include <vector>

namespace tuner::document {

struct FieldType;

struct BodyType {
  const FieldType* fields;
  // The fields of a body of this type; null: the body has another one.
  const void* (*get)(const Body& body);
  // Gives the body this type, with empty fields, and returns them.
  void* (*emplace)(Body& body);
};

// A document of this kind has the keys of the envelope and of one of the bodies, or ended early and
// has only errors.
struct Kind {
  std::string_view name;
  std::vector<BodyType> bodies;
};

std::span<const Kind> kinds();
const FieldType& envelope_fields();

}  // namespace tuner::document
