"""The CDK asks every five seconds whether CloudFormation is ready. AWS takes minutes, MiniStack one second: here the
answer waits for the end of a deploy, so that nobody sleeps through it."""
import asyncio
import time

from ministack.services import cloudformation

PATIENCE_SECONDS = 4
UNDER_WAY = (b"CREATE_IN_PROGRESS<", b"UPDATE_IN_PROGRESS<")


def close() -> None:
    handle_request = cloudformation.handle_request

    async def _handle_request(method, path, headers, body, query_params):
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = await handle_request(method, path, headers, body, query_params)
            is_waiting = b"Action=DescribeStacks" in body and any(it in _bytes(answer[2]) for it in UNDER_WAY)
            if not is_waiting or time.monotonic() > end:
                return answer
            await asyncio.sleep(0.05)

    cloudformation.handle_request = _handle_request


def _bytes(text) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()
