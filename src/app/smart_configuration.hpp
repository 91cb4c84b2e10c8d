// What a data store says of its authorization server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace healthlake::store {
class ControlFile;
}

namespace healthlake::app {

// Metadata of the IdentityProviderConfiguration that the store was created with; nullopt: AWS_AUTH,
// or no such store.
std::optional<std::string> FindSmartConfiguration(store::ControlFile& control_file,
                                                  std::string_view datastore_id);

}  // namespace healthlake::app
