#include "healthlake/control/service.hpp"

#include <array>
#include <utility>

#include "control/operations.hpp"
#include "control/recovery.hpp"
#include "healthlake/aws/protocol.hpp"

namespace healthlake::control {
namespace {

using aws::OperationId;

struct Route {
  OperationId operation;
  Output (*handle)(Rooms& rooms, const json::Tree& input, const Call& call);
  Place place;
};

constexpr auto kRoutes = std::to_array<Route>({
    {OperationId::kCreateFHIRDatastore, CreateFHIRDatastore, Place::kPooled},
    {OperationId::kDeleteFHIRDatastore, DeleteFHIRDatastore, Place::kPooled},
    {OperationId::kDescribeFHIRDatastore, DescribeFHIRDatastore, Place::kInline},
    {OperationId::kDescribeFHIRExportJob, DescribeFHIRExportJob, Place::kInline},
    {OperationId::kDescribeFHIRImportJob, DescribeFHIRImportJob, Place::kInline},
    {OperationId::kListFHIRDatastores, ListFHIRDatastores, Place::kPooled},
    {OperationId::kListFHIRExportJobs, ListFHIRExportJobs, Place::kPooled},
    {OperationId::kListFHIRImportJobs, ListFHIRImportJobs, Place::kPooled},
    {OperationId::kListTagsForResource, ListTagsForResource, Place::kPooled},
    {OperationId::kStartFHIRExportJob, StartFHIRExportJob, Place::kPooled},
    {OperationId::kStartFHIRImportJob, StartFHIRImportJob, Place::kPooled},
    {OperationId::kTagResource, TagResource, Place::kPooled},
    {OperationId::kUntagResource, UntagResource, Place::kPooled},
});

constexpr bool CoversEveryOperation() {
  if (kRoutes.size() != aws::kOperationCount) return false;
  for (std::size_t i = 0; i < kRoutes.size(); ++i) {
    if (static_cast<std::size_t>(kRoutes[i].operation) != i) return false;
  }
  return true;
}
static_assert(CoversEveryOperation(), "kRoutes needs one row for each operation, in their order");

const Route& RouteOf(OperationId operation) {
  return kRoutes[static_cast<std::size_t>(operation)];
}

}  // namespace

Place PlaceOf(OperationId operation) noexcept {
  return RouteOf(operation).place;
}

class Service::Impl {
 public:
  explicit Impl(const Rooms& rooms) : rooms_(rooms) {}
  Rooms& rooms() { return rooms_; }

 private:
  Rooms rooms_;
};

Service::Service(const ServiceOptions& options, store::ControlFile& file,
                 datastore::Registry& registry, jobs::Queue& queue, const core::Clock& clock,
                 core::IdGenerator& ids, core::Signals& signals)
    : impl_(std::make_unique<Impl>(Rooms{options, file, registry, queue, clock, ids, signals})) {}

Service::~Service() = default;

Answer Service::Handle(OperationId operation, std::string_view body, const Call& call) {
  const json::Tree input = aws::DecodeInput(operation, body);
  Output output = RouteOf(operation).handle(impl_->rooms(), input, call);
  if (auto* wait = std::get_if<Wait>(&output)) return std::move(*wait);
  return json::Write(std::get<json::Tree>(output));
}

void Service::Recover() {
  PutRight(impl_->rooms());
}

}  // namespace healthlake::control
