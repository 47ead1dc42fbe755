"""StartMessageMoveTask takes the messages of a dead letter queue to another queue (SQS API reference). MiniStack lacks it."""
from ministack.core.responses import new_uuid
from ministack.services import sqs


def close() -> None:
    sqs._HANDLERS["StartMessageMoveTask"] = _start_message_move_task


def _start_message_move_task(data, _):
    source, destination = (sqs._queue_by_arn(data.get(name)) for name in ("SourceArn", "DestinationArn"))
    if source is None or destination is None:
        raise sqs._Err("ResourceNotFoundException", "There is no such queue.")
    with sqs._queues_lock:
        waiting, source["messages"] = source["messages"], []
        for message in waiting:
            message.update(visible_at=0, receive_count=0, receipt_handle=None, first_receive_at=None)
        destination["messages"].extend(waiting)
    return {"TaskHandle": new_uuid()}
