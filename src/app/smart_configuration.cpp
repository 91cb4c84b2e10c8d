#include "smart_configuration.hpp"

#include <nlohmann/json.hpp>

#include "healthlake/json/tree.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::app {

std::optional<std::string> FindSmartConfiguration(store::ControlFile& control_file,
                                                  std::string_view datastore_id) {
  const auto row =
      control_file.Read()->datastores.Find(store::DatastoreId(std::string(datastore_id)));
  if (!row) return std::nullopt;
  const auto configuration = json::ParseTree(row->identity_configuration);
  if (!configuration || !configuration->is_object()) return std::nullopt;
  const json::Tree none;
  const json::Tree strategy = configuration->value("AuthorizationStrategy", none);
  const json::Tree metadata = configuration->value("Metadata", none);
  if (strategy == "AWS_AUTH" || !metadata.is_string()) return std::nullopt;
  return metadata.get<std::string>();
}

}  // namespace healthlake::app
