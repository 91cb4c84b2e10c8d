// ClientToken: the same token and the same request give the first answer again, whatever has become
// of what was made (reference 1.7); the same token with another request is a ValidationException
// (our choice: the only modelled error that fits). A token counts for one owner and one operation.
#pragma once

#include <optional>

#include "healthlake/aws/operation_id.hpp"
#include "healthlake/core/arn.hpp"
#include "healthlake/json/tree.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::control {

// What the same request made before; nullopt when it has no token or the token is new. Throws
// core::Error{kInvalid} when another request has used the token. Call it inside the transaction
// that will make the thing, so that two requests with one token cannot both make one.
std::optional<store::ClientTokenRow> FindEarlier(const store::ControlTables& tables,
                                                 aws::OperationId operation,
                                                 const core::Owner& owner, const json::Tree& input);

// Remembers what the request made; does nothing when it has no token.
void Remember(store::ControlTables& tables, aws::OperationId operation, const core::Owner& owner,
              const json::Tree& input, const store::DatastoreId& datastore, const store::JobId& job,
              core::Timestamp now);

}  // namespace healthlake::control
