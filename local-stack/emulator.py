"""MiniStack, the AWS emulator of the local stack, with the gaps closed that dblease meets.

Started by start-emulator.ts with an environment of its own. Listens on 127.0.0.1 only, takes a free port and
prints it as {"port": N}. Every gap has a file in emulator_gaps/ that says what AWS does there; product code
never asks whether it runs locally.
"""
import asyncio
import json
import os
import socket
import sys

sys.dont_write_bytecode = True  # the checkout stays as git made it


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listener.getsockname()[1]
    capability = os.environ.pop("RDS_IAM_CAPABILITY")
    # MiniStack reads its settings while it is imported.
    os.environ["GATEWAY_PORT"] = str(port)
    os.environ["AUTH"] = "true"

    from emulator_gaps import (
        api_address,
        cloudtrail_events,
        condition_keys,
        custom_resources,
        dynamodb_leading_keys,
        embedded_metrics,
        events_across_regions,
        lambda_concurrency,
        lambda_runtime,
        log_patterns,
        message_moves,
        policy_simulation,
        proxy_endpoint,
        rds_iam_judge,
        role_boundaries,
        root_access_key,
        rotation,
        secret_arn,
        stack_deletion,
        stack_waiting,
        task_roles,
        workflows,
    )

    root_access_key.close()
    lambda_runtime.close(ca_file=os.environ.pop("RDS_CA_FILE"))
    lambda_concurrency.close()
    secret_arn.close()
    rotation.close()
    api_address.close()
    condition_keys.close()
    custom_resources.close()
    policy_simulation.close()
    proxy_endpoint.close()
    log_patterns.close()
    dynamodb_leading_keys.close()
    stack_deletion.close()
    stack_waiting.close()
    embedded_metrics.close()
    cloudtrail_events.close()
    events_across_regions.close()
    message_moves.close()
    workflows.close()
    task_roles.close()
    role_boundaries.close()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    print(json.dumps({"port": port}), flush=True)
    # Without hypercorn's own answer to SIGTERM, which would first wait for open requests: there is nothing to save.
    asyncio.run(serve(rds_iam_judge.door(app, capability), config, shutdown_trigger=asyncio.Event().wait))


main()
