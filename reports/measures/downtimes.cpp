// SPDX-License-Identifier: MIT
#include "reports/measures/downtime.h"

/// The downtimes that scenarios set limits on, by path.
namespace interregnum {
namespace {

using record::Connection;
using record::Record;
using record::Service;

MeasureValue write(Record const& record) { return worst_downtime(write_paths(paths_of(record))); }
MeasureValue connect(Record const& record) {
    return worst_downtime(select(paths_of(record), Service::write, Connection::fresh));
}
MeasureValue read(Record const& record) {
    return worst_downtime(select(paths_of(record), Service::read));
}
MeasureValue cache(Record const& record) {
    return worst_downtime(select(paths_of(record), Service::cache));
}
MeasureValue ticket(Record const& record) {
    return worst_downtime(select(paths_of(record), Service::ticket));
}

RegisterMeasure const registered_write{
    {.name = "write.downtime",
     .summary = "how long writes over kept connections were not acknowledged in time, at the "
                "worst entry point",
     .unit = Unit::duration,
     .compute = write}};
RegisterMeasure const registered_connect{{.name = "connect.downtime",
                                          .summary = "the same for writes that dial anew each time",
                                          .unit = Unit::duration,
                                          .compute = connect}};
RegisterMeasure const registered_read{
    {.name = "read.downtime",
     .summary = "how long reads from the replicas were not answered in time, at the worst entry "
                "point",
     .unit = Unit::duration,
     .compute = read}};
RegisterMeasure const registered_cache{
    {.name = "cache.downtime",
     .summary = "how long writes to the Redis master were not acknowledged in time, at the worst "
                "entry point",
     .unit = Unit::duration,
     .compute = cache}};
RegisterMeasure const registered_ticket{
    {.name = "ticket.downtime",
     .summary = "how long no ticket could be bought in time, at the worst entry point",
     .unit = Unit::duration,
     .compute = ticket}};

}  // namespace
}  // namespace interregnum
