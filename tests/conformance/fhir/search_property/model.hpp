// What the data store holds, kept as plain texts: the property test's idea of it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conformance/fhir/search_property/oracle.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::search_property {

// A live resource.
struct Stored {
  ResourceType type;
  std::string id;
  std::size_t order = 0;  // of first storing; kept through deletion
  json::Document document;
  std::map<ParamId, Values> values;  // those that have been asked for

  std::string Name() const { return std::string(NameOf(type)) + "/" + id; }
};

// Confined to one thread.
class Model {
 public:
  explicit Model(Oracle oracle) : oracle_(std::move(oracle)) {}

  // `json` is what the store gives back, with its meta.
  void Put(ResourceType type, const std::string& id, const std::string& json);
  void Delete(ResourceType type, const std::string& id);

  const std::vector<Stored*>& live() const noexcept { return live_; }  // by order
  Stored* Find(const std::string& name);  // "Type/id"; null when it is not live
  const Values& ValuesOf(Stored& resource, const SearchParam& param);

 private:
  Oracle oracle_;
  std::map<std::string, std::size_t> orders_;  // of all that was ever stored, by "Type/id"
  std::map<std::string, std::unique_ptr<Stored>> stored_;
  std::vector<Stored*> live_;
};

}  // namespace healthlake::fhir::search_property
