"""AWS accounts simulated in this process: moto, and what it lacks or gets wrong. Needs the extra `demo`.

    from bot.demo.simulation.server import SimulatedAws

    with SimulatedAws() as aws:
        iam = aws.client("iam")                                       # boto3, account 123456789012, eu-west-1
        far = aws.client("lambda", account="222222222222", region="cn-north-1")
        subprocess.run(["aws", "sts", "get-caller-identity"], env={**os.environ, **aws.environment()})

        aws.deny("lambda", "GetPolicy", when="orders")                # AccessDenied in the service's own words
        aws.throttle("apigateway", "GetResources", times=1)
        aws.error("iam", "GetRole", "ServiceFailure", "try later", region="eu-west-1")
        aws.expire_credentials(); aws.disable_region("af-south-1"); aws.fail("sts", "AssumeRole")
        aws.clear_faults()

        aws.seed_policy(function_arn, "live", {"Sid": "no", "Effect": "Deny", ...})    # or None: the function itself
        aws.set_function_state(function_arn, State="Inactive", StateReasonCode="Idle")

        aws.calls                                                     # [("lambda", "GetPolicy", "eu-west-1"), ...]
        aws.reset()                                                   # empty; the same steps give the same ids again

A call is read in `wire.py`, recorded in `server.py`, met by a fault (`faults.py`), answered by one of our handlers
(`operations.py` holds their table, one module per service fills it) or else by moto, which keeps all state in either
case. Every answer of ours is checked against botocore's output shape; what moto cannot do is an error, 501.
"""
