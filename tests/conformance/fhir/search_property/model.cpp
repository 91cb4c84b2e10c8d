#include "conformance/fhir/search_property/model.hpp"

#include <algorithm>
#include <stdexcept>

namespace healthlake::fhir::search_property {

void Model::Put(ResourceType type, const std::string& id, const std::string& json) {
  Delete(type, id);
  auto stored = std::make_unique<Stored>();
  stored->type = type;
  stored->id = id;
  const std::string name = stored->Name();
  stored->order = orders_.try_emplace(name, orders_.size() + 1).first->second;
  if (stored->document.Parse(json)) throw std::runtime_error(name + " is no JSON");
  const auto place = std::ranges::lower_bound(live_, stored->order, {}, &Stored::order);
  live_.insert(place, stored.get());
  stored_[name] = std::move(stored);
}

void Model::Delete(ResourceType type, const std::string& id) {
  const auto found = stored_.find(std::string(NameOf(type)) + "/" + id);
  if (found == stored_.end()) return;
  std::erase(live_, found->second.get());
  stored_.erase(found);
}

Stored* Model::Find(const std::string& name) {
  const auto found = stored_.find(name);
  return found == stored_.end() ? nullptr : found->second.get();
}

const Values& Model::ValuesOf(Stored& resource, const SearchParam& param) {
  const auto known = resource.values.find(param.id);
  if (known != resource.values.end()) return known->second;
  return resource.values[param.id] = oracle_.Find(resource.document.root(), param);
}

}  // namespace healthlake::fhir::search_property
