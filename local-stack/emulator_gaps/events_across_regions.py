"""A rule may have an event bus of another region as its target (EventBridge User Guide, "Sending and receiving events
between AWS Regions"). MiniStack hands an event on within its region alone."""
from ministack.core.responses import get_account_id, request_scope
from ministack.services import eventbridge


def close() -> None:
    dispatch = eventbridge._dispatch_to_event_bus

    def _dispatch_to_event_bus(spec, *more):
        if spec.account_id != get_account_id():
            return dispatch(spec, *more)
        with request_scope(spec.account_id, spec.region):
            return dispatch(spec, *more)

    eventbridge._dispatch_to_event_bus = _dispatch_to_event_bus
