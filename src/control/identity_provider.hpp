// What an IdentityProviderConfiguration must hold beyond its shape (reference 1.10).
#pragma once

#include "healthlake/json/tree.hpp"

namespace healthlake::control {

// `configuration` has passed the model's constraints. The SMART strategies need IdpLambdaArn and
// Metadata with the discovery document's mandatory keys; grant types are not judged beyond there
// being some, as HealthLake's own sample has made-up ones. Throws core::Error{kInvalid} that names
// every fault.
void CheckIdentityProvider(const json::Tree& configuration);

}  // namespace healthlake::control
